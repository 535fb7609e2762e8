/** Starts the parts of sysmonstm as processes, with the stores they need, and reads what they print and serve. No test lives here. */
package ar.mcrn.sysmonstm.ops.systemtests.processes;
