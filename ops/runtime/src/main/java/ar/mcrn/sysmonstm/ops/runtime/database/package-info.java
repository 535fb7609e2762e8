/** The pool of database connections and the forms of its address. No SQL of ours. */
package ar.mcrn.sysmonstm.ops.runtime.database;
