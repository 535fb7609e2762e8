/**
 * Keeps samples until the aggregator has committed them, and carries them there: the spool, and the stream with its two
 * lanes. Nothing here knows what a sample says.
 */
package ar.mcrn.sysmonstm.agent.send;
