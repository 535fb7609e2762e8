/** What the api reads from the database and the little it writes there, in SQL; nothing elsewhere in it knows a table. */
package ar.mcrn.sysmonstm.api.db;
