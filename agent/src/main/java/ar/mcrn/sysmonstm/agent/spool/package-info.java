/**
 * The spool on disk: segment files, what is known of each in memory, recovery after any end, and the folder with its lock and
 * owner. Nothing here sends; nothing here knows what a sample says beyond its stamp.
 */
package ar.mcrn.sysmonstm.agent.spool;
