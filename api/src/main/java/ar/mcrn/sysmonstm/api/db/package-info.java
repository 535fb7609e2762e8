/** Reads from the database, in SQL; nothing here writes, and nothing elsewhere in the api knows a table. */
package ar.mcrn.sysmonstm.api.db;
