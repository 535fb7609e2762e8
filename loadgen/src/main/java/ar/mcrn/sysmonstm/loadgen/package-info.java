/**
 * Thousands of simulated agents over the real protocol, on an intended schedule, and the oracle that compares what was
 * acknowledged with what the database holds. Collecting real values is the agent's business, not this package's.
 */
package ar.mcrn.sysmonstm.loadgen;
