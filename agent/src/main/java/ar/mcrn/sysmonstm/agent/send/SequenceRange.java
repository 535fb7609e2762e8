package ar.mcrn.sysmonstm.agent.send;

/** Samples of one run, or events of one, both ends included. */
public record SequenceRange(long run, long first, long last) {}
