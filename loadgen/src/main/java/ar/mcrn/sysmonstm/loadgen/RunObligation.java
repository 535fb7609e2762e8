package ar.mcrn.sysmonstm.loadgen;

import java.util.BitSet;
import java.util.Map;

/**
 * What the database owes to one run: bit = number of the sample or event.
 *
 * @param run whose samples follow from it
 * @param issued samples that can have been sent are 1 to this
 * @param acknowledged samples said to be committed
 * @param backfilled samples that went as backfill at least once; only those may be stored as late
 * @param events events said to be committed
 * @param sentEvents all events that can have been sent, by number
 */
record RunObligation(
        MachineRun run,
        long issued,
        BitSet acknowledged,
        BitSet backfilled,
        BitSet events,
        Map<Long, SentEvent> sentEvents) {}
