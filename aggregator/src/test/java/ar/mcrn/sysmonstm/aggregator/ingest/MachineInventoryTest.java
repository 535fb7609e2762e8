package ar.mcrn.sysmonstm.aggregator.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.Disk;
import ar.mcrn.sysmonstm.v1.Filesystem;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.NetworkInterface;
import ar.mcrn.sysmonstm.v1.Sensor;
import org.junit.jupiter.api.Test;

class MachineInventoryTest {
    @Test
    void saysWhatItWasMadeOf() {
        Inventory inventory = RandomSamples.inventory(7, 3).toBuilder()
                .addSensors(Sensor.newBuilder().setId("coretemp Package id 0"))
                .build();
        MachineInventory kept = new MachineInventory(new MachineId("web-1"), inventory);
        assertThat(kept.encoded()).isEqualTo(inventory.toByteArray());
        assertThat(kept.run()).isEqualTo(7);
        assertThat(kept.number()).isEqualTo(3);
        assertThat(kept.disks())
                .isEqualTo(inventory.getDisksList().stream().map(Disk::getName).toList())
                .isNotEmpty();
        assertThat(kept.interfaces())
                .isEqualTo(inventory.getInterfacesList().stream()
                        .map(NetworkInterface::getName)
                        .toList())
                .isNotEmpty();
        assertThat(kept.filesystems())
                .isEqualTo(inventory.getFilesystemsList().stream()
                        .map(Filesystem::getMountpoint)
                        .toList())
                .isNotEmpty();
        assertThat(kept.sensors()).isEqualTo(inventory.getSensorsCount());
    }
}
