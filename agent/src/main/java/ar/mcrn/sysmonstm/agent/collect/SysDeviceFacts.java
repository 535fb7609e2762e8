package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.v1.Disk;
import ar.mcrn.sysmonstm.v1.NetworkInterface;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code /sys/block} and {@code /sys/class/net}: model and size of disks, speed of interfaces. */
final class SysDeviceFacts implements DeviceFacts {
    private static final int SECTOR_BYTES = 512;
    private static final long MEGABIT = 1_000_000;
    /** SCSI and NVMe models have at most 40 characters. */
    private static final int MODEL_CHARACTERS = 48;

    private final Path sys;

    SysDeviceFacts(SystemFiles files) {
        sys = files.sys();
    }

    @Override
    public Disk disk(String name) {
        Path directory = sys.resolve("block").resolve(name.replace('/', '!'));
        String model = text(directory.resolve("device/model"));
        return Disk.newBuilder()
                .setName(name)
                .setModel(model.length() > MODEL_CHARACTERS ? model.substring(0, MODEL_CHARACTERS) : model)
                .setSizeBytes(number(directory.resolve("size")) * SECTOR_BYTES)
                .build();
    }

    @Override
    public NetworkInterface networkInterface(String name) {
        // -1, or an error, where the link is down or has no speed of its own.
        long speed = number(sys.resolve("class/net").resolve(name).resolve("speed"));
        return NetworkInterface.newBuilder()
                .setName(name)
                .setSpeedBits(speed * MEGABIT)
                .build();
    }

    private static long number(Path file) {
        String text = text(file);
        return text.matches("\\d{1,15}") ? Long.parseLong(text) : 0;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (IOException ignored) {
            // Not every device has every file.
            return "";
        }
    }
}
