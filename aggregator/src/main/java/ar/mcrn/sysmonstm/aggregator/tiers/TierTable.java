package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A raw table and its two tiers, with the columns that {@code V003__tiers.sql} gave them (a test holds them equal).
 *
 * @param raw name of the raw table
 * @param prefix what the names of its tiers begin with
 * @param device whether it has a row per device
 * @param columns values of a raw row, as the catalogue has them
 * @param percentiles those of which a minute has percentiles
 */
record TierTable(
        String raw, String prefix, boolean device, List<? extends Column> columns, Set<? extends Column> percentiles) {

    private static final TierTable HOST = new TierTable(
            "host_sample",
            "host",
            false,
            stored(HostColumn.ALL),
            Set.of(
                    HostColumn.CPU_TOTAL,
                    HostColumn.MEMORY_UTILIZATION,
                    HostColumn.LOAD_1M,
                    HostColumn.DISK_BUSIEST,
                    HostColumn.NETWORK_RECEIVE_BYTES,
                    HostColumn.NETWORK_TRANSMIT_BYTES));
    private static final TierTable DISK = new TierTable("disk_sample", "disk", true, stored(DiskColumn.ALL), Set.of());
    private static final TierTable NIC =
            new TierTable("nic_sample", "nic", true, stored(InterfaceColumn.ALL), Set.of());
    private static final TierTable FS = new TierTable("fs_sample", "fs", true, stored(FilesystemColumn.ALL), Set.of());

    /** In the order in which they are written. */
    static final List<TierTable> ALL = List.of(HOST, DISK, NIC, FS);

    /** Shares below which a percentile lies, as the names of its columns end. */
    enum Percentile {
        P50(0.5),
        P95(0.95),
        P99(0.99);

        private final double share;

        Percentile(double share) {
            this.share = share;
        }

        double share() {
            return share;
        }

        String suffix() {
            return '_' + name().toLowerCase(Locale.ROOT);
        }
    }

    private static <C extends Column> List<C> stored(List<C> columns) {
        return columns.stream().filter(Column::stored).toList();
    }

    String minute() {
        return prefix + "_minute";
    }

    String hour() {
        return prefix + "_hour";
    }

    static boolean delta(Column column) {
        return column.kind() == Kind.DELTA;
    }

    /** Columns that tell the rows of a bucket apart from others': machine, device, time. */
    List<String> keys() {
        return device ? List.of("machine_id", "device_id", "time") : List.of("machine_id", "time");
    }

    /** Columns of a tier after its keys, in the order of the generated SQL. */
    List<String> values(boolean minute) {
        List<String> names = new ArrayList<>(List.of("n", "covered_millis"));
        for (Column column : columns) {
            String name = column.column();
            names.addAll(List.of(name + "_n", name + "_sum", name + "_min", name + "_max"));
            if (delta(column)) {
                names.add(name + "_millis");
            }
            if (minute && percentiles.contains(column)) {
                for (Percentile percentile : Percentile.values()) {
                    names.add(name + percentile.suffix());
                }
            }
        }
        return names;
    }
}
