package ar.mcrn.sysmonstm.alerts.rules;

import ar.mcrn.sysmonstm.contract.Column;

/** Values of one machine or device over one interval, as wire integers. Read within the call only, never kept. */
public interface ColumnValues {
    /** True where the column was measured. */
    boolean has(Column column);

    /** Wire integer; asked for only where {@link #has} is true. */
    long value(Column column);
}
