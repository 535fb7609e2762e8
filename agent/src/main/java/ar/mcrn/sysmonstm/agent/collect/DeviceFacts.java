package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.v1.Disk;
import ar.mcrn.sysmonstm.v1.NetworkInterface;

/** Says more of a device than its name, for the inventory. Asked when a device appears; what is not known stays empty. */
interface DeviceFacts {
    Disk disk(String name);

    NetworkInterface networkInterface(String name);
}
