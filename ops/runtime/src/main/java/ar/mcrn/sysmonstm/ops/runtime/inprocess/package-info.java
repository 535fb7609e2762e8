/** Hot state and event bus within one process. */
package ar.mcrn.sysmonstm.ops.runtime.inprocess;
