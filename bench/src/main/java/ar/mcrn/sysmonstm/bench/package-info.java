/** JMH benchmarks of the hot path, and the main that runs them. Nothing depends on this. */
package ar.mcrn.sysmonstm.bench;
