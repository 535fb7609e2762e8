package ar.mcrn.sysmonstm.alerts.rules;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import java.util.List;

/** Kinds of device that rules see, each by its closed intervals. */
public enum DeviceKind {
    /** Disks, intervals of 10 s. */
    DISK(DiskColumn.DEVICE_ATTRIBUTE),
    /** Network interfaces, intervals of 10 s. */
    INTERFACE(InterfaceColumn.DEVICE_ATTRIBUTE),
    /** File systems, intervals of 60 s. */
    FILESYSTEM(FilesystemColumn.DEVICE_ATTRIBUTE);

    private final String attribute;

    DeviceKind(String attribute) {
        this.attribute = attribute;
    }

    /** Attribute that tells devices of this kind apart. */
    String attribute() {
        return attribute;
    }

    List<? extends Column> columns() {
        return switch (this) {
            case DISK -> DiskColumn.ALL;
            case INTERFACE -> InterfaceColumn.ALL;
            case FILESYSTEM -> FilesystemColumn.ALL;
        };
    }
}
