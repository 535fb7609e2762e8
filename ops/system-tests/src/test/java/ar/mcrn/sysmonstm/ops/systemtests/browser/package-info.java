/**
 * The single process as a person has it: started by its main class, looked at in a real browser, stopped, killed, started
 * again. What several processes do together is tested elsewhere.
 */
package ar.mcrn.sysmonstm.ops.systemtests.browser;
