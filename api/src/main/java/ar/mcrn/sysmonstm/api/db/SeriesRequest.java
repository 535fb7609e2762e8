package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.core.Tier;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.MetricKey;
import java.util.Optional;

/**
 * One series to be read.
 *
 * @param key its key
 * @param source where it lies
 * @param column what is read; empty for the load of a core
 * @param device database id of the device; 0 for the machine as a whole
 * @param core number of the core; -1 where it is none
 */
record SeriesRequest(MetricKey key, Source source, Optional<Column> column, int device, int core) {

    /** Tables of history, each with rows of its own interval. */
    enum Source {
        HOST("host"),
        DISK("disk"),
        INTERFACE("nic"),
        FILESYSTEM("fs");

        private final String prefix;

        Source(String prefix) {
            this.prefix = prefix;
        }

        String table(Tier tier) {
            return prefix + '_' + tier.table();
        }
    }

    String unit() {
        return column.map(Column::unit).orElse("1");
    }
}
