package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Sample;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SignalModelTest {

    private final SignalModel model = new SignalModel("load-1-0", 42, 7, 1_000);

    @Test
    void sameMachineRunAndSequenceMakeTheSameBytes() {
        SignalModel again = new SignalModel("load-1-0", 42, 7, 1_000);
        assertThat(again.sample(17, 1_000_000).toByteString())
                .isEqualTo(model.sample(17, 1_000_000).toByteString());
        assertThat(new SignalModel("load-1-0", 42, 8, 1_000).host(17)).isNotEqualTo(model.host(17));
    }

    @Test
    void everyValueIsWithinItsColumnsBounds() {
        for (int intervalMillis : new int[] {250, 1_000, 10_000, 3_600_000}) {
            SignalModel signals = new SignalModel("load-1-1", 43, 9, intervalMillis);
            for (long sequence = 1; sequence <= 2_000; sequence++) {
                Sample sample = signals.sample(sequence, 1);
                bounds(HostColumn.ALL, sample.getPresent(), sample.getValuesList());
                for (byte load : sample.getCoreLoad()) {
                    assertThat(load & 0xff).isLessThanOrEqualTo(Limits.CORE_LOAD);
                }
                rows(DiskColumn.ALL, sample.getDisksList());
                rows(InterfaceColumn.ALL, sample.getInterfacesList());
                rows(FilesystemColumn.ALL, sample.getFilesystemsList());
                rows(DiskColumn.ALL, sample.getDiskIntervalsList());
                rows(InterfaceColumn.ALL, sample.getInterfaceIntervalsList());
                rows(FilesystemColumn.ALL, sample.getFilesystemIntervalsList());
            }
        }
    }

    @Test
    void processesAndTemperaturesComeEveryTenSecondsWithinTheirBounds() {
        int told = 0;
        for (long sequence = 1; sequence <= 100; sequence++) {
            Sample sample = model.sample(sequence, 1);
            told += sample.getProcessesCount() > 0 ? 1 : 0;
            assertThat(sample.getTemperaturesCount() > 0).isEqualTo(sample.getProcessesCount() > 0);
            assertThat(sample.getProcessesCount()).isLessThanOrEqualTo(Limits.PROCESSES);
            assertThat(sample.getProcessesList())
                    .allMatch(process -> process.getCpu() >= 0
                            && process.getCpu() <= Limits.PROCESS_CPU
                            && process.getPid() > 0
                            && process.getThreads() > 0
                            && process.getCommand().size() <= Limits.COMMAND_BYTES);
            assertThat(sample.getTemperaturesList())
                    .allMatch(row -> row.getTenths() > 300
                            && row.getTenths() < 700
                            && row.getSensor() < model.inventory(1).getSensorsCount());
        }
        assertThat(told).isEqualTo(10);
    }

    private static void rows(List<? extends Column> columns, List<DeviceRow> rows) {
        for (DeviceRow row : rows) {
            assertThat(row.getDevice()).isBetween(0, 1);
            assertThat(row.getDurationMillis()).isBetween(0, Limits.DURATION_MILLIS);
            bounds(columns, row.getPresent(), row.getValuesList());
        }
    }

    private static void bounds(List<? extends Column> columns, long present, List<Long> values) {
        assertThat(values).hasSize(Long.bitCount(present));
        int next = 0;
        for (Column column : columns) {
            if ((present & column.bit()) != 0) {
                long value = values.get(next++);
                if (value < 0 || value > column.max()) {
                    throw new AssertionError(column + "=" + value);
                }
            }
        }
    }

    @Test
    void cpuModesAddUpToTheWhole() {
        long[] host = model.host(100);
        long sum = 0;
        for (int wire = HostColumn.CPU_USER.wire(); wire <= HostColumn.CPU_STEAL.wire(); wire++) {
            sum += host[wire];
        }
        assertThat(sum).isEqualTo(10_000);
    }

    @Test
    void closedIntervalsAreTheSumsOfTheirTicks() {
        long[] sums = new long[InterfaceColumn.TRANSMIT_DROPPED.wire() + 1];
        int closed = 0;
        long covered = 0;
        for (long sequence = 1; sequence <= 60; sequence++) {
            Sample sample = model.sample(sequence, 1);
            List<Long> tick = sample.getInterfaces(0).getValuesList();
            for (int i = 0; i < sums.length; i++) {
                sums[i] += tick.get(i);
            }
            covered += 1_000;
            if (sample.getInterfaceIntervalsCount() > 0) {
                DeviceRow row = sample.getInterfaceIntervals(0);
                assertThat(row.getDurationMillis()).isEqualTo((int) covered);
                for (int i = 0; i < sums.length; i++) {
                    assertThat(row.getValues(i)).isEqualTo(sums[i]);
                    sums[i] = 0;
                }
                covered = 0;
                closed++;
            }
        }
        assertThat(closed).isEqualTo(6);
    }
}
