/** The clock that stamps samples: monotonic, corrected by the aggregator's clock, never going back. */
package ar.mcrn.sysmonstm.agent.clock;
