package ar.mcrn.sysmonstm.agent.send;

/**
 * A sample as the spool keeps it. Its run and sequence are its identity for ever.
 *
 * @param run the run that took it
 * @param sequence its number within that run, from 1
 * @param inventory inventory of that run which its indexes belong to
 * @param sample encoded {@code Sample}; not to be changed
 */
public record SpoolRecord(long run, long sequence, int inventory, byte[] sample) {}
