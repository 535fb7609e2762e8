package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.Limits;
import java.io.IOException;

/**
 * {@code /proc/stat}: processor time by mode and core, context switches, interrupts, processes made, running and blocked.
 * Guest time is part of user and nice there (proc(5)), so that it is not added.
 */
final class StatReader implements Source {
    private static final byte[] CPU = ProcFile.ascii("cpu");
    private static final byte[] INTERRUPTS = ProcFile.ascii("intr ");
    private static final byte[] SWITCHES = ProcFile.ascii("ctxt ");
    private static final byte[] CREATED = ProcFile.ascii("processes ");
    private static final byte[] RUNNING = ProcFile.ascii("procs_running ");
    private static final byte[] BLOCKED = ProcFile.ascii("procs_blocked ");

    private final ProcFile file;
    private final long[] ticks = new long[8];

    StatReader(SystemFiles files) {
        file = new ProcFile(files.proc().resolve("stat"));
    }

    @Override
    public String name() {
        return "/proc/stat";
    }

    @Override
    public void read(Reading reading) throws IOException {
        file.load();
        for (; file.hasMore(); file.nextLine()) {
            if (file.skip(CPU)) {
                cpu(reading);
            } else if (file.skip(INTERRUPTS)) {
                reading.put(HostColumn.INTERRUPTS, file.number());
            } else if (file.skip(SWITCHES)) {
                reading.put(HostColumn.CONTEXT_SWITCHES, file.number());
            } else if (file.skip(CREATED)) {
                reading.put(HostColumn.PROCESSES_CREATED, file.number());
            } else if (file.skip(RUNNING)) {
                // The reader itself always runs while it reads.
                reading.put(HostColumn.PROCESSES_RUNNING, file.number());
            } else if (file.skip(BLOCKED)) {
                reading.put(HostColumn.PROCESSES_BLOCKED, file.number());
            }
        }
        if (!reading.hasModes) {
            throw new IOException("no cpu line: file=/proc/stat");
        }
    }

    private void cpu(Reading reading) throws IOException {
        boolean whole = file.wordLength('\n') == 0;
        if (!whole) {
            file.number();
        }
        for (int i = 0; i < ticks.length; i++) {
            // Old kernels have fewer figures: 2.6.0 seven, 2.6.11 steal.
            ticks[i] = file.atNumber() ? file.number() : 0;
        }
        if (whole) {
            reading.modes[Reading.USER] = ticks[0];
            reading.modes[Reading.NICE] = ticks[1];
            reading.modes[Reading.SYSTEM] = ticks[2];
            reading.modes[Reading.IDLE] = ticks[3];
            reading.modes[Reading.IOWAIT] = ticks[4];
            reading.modes[Reading.INTERRUPT] = ticks[5] + ticks[6];
            reading.modes[Reading.STEAL] = ticks[7];
            reading.hasModes = true;
        } else if (reading.cores < Limits.CORES) {
            long busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7];
            reading.coreBusy[reading.cores] = busy;
            reading.coreWhole[reading.cores] = busy + ticks[3] + ticks[4];
            reading.cores++;
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
