package ar.mcrn.sysmonstm.bench.peers;

import ar.mcrn.sysmonstm.loadgen.SimulatedMachine;
import ar.mcrn.sysmonstm.v1.Sample;
import java.util.ArrayList;
import java.util.List;

/**
 * What every system is given.
 *
 * @param hosts machines, one sample a second each
 * @param warmUpSeconds from the first sample accepted on, not measured
 * @param seconds measured after that
 * @param rounds how often all systems take their turn
 * @param live whether the other systems get what the live view sees rather than what history keeps
 * @param timescale whether PostgreSQL runs with TimescaleDB
 */
record Plan(int hosts, int warmUpSeconds, int seconds, int rounds, boolean live, boolean timescale) {
    static final int INTERVAL_MILLIS = 1_000;
    /** The first sample must be accepted within this time. */
    static final int BEYOND_SECONDS = 20;

    private static final long SEED = 1;
    private static final int MINUTE = 60;
    private static final int LOOKED_AT = 50;

    /** Samples that each host takes; beyond the measured part, since a warm-up begins with the first sample accepted. */
    int samples() {
        return warmUpSeconds + seconds + BEYOND_SECONDS;
    }

    /** The fleet. */
    List<SimulatedMachine> machines(long startMillis) {
        List<SimulatedMachine> machines = new ArrayList<>(hosts);
        for (int i = 0; i < hosts; i++) {
            machines.add(SimulatedMachine.of(SEED, i, startMillis, INTERVAL_MILLIS));
        }
        return machines;
    }

    /** Values that a system keeps of a sample, on average over a minute: sysmonstm never those of the live view alone. */
    double valuesPerSample(PeerKind kind) {
        long[] values = new long[1];
        List<SimulatedMachine> some = machines(0).subList(0, Math.min(hosts, LOOKED_AT));
        HostValues reader = new HostValues(live && kind != PeerKind.SYSMONSTM);
        for (SimulatedMachine machine : some) {
            for (int sequence = MINUTE + 1; sequence <= 2 * MINUTE; sequence++) {
                Sample sample = machine.sample(sequence);
                reader.read(sample, (_, _) -> values[0]++);
            }
        }
        return (double) values[0] / some.size() / MINUTE;
    }
}
