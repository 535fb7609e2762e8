/** The embedded PostgreSQL of the single process: unpacked, initialised, started, supervised, stopped. No SQL of ours. */
package ar.mcrn.sysmonstm.ops.standalone.postgres;
