package ar.mcrn.sysmonstm.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Network name of this machine, without asking the network where the kernel knows it. */
public final class HostName {
    private HostName() {}

    /** Empty where it is not known. */
    public static String ofThisMachine() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname"), StandardCharsets.UTF_8)
                    .strip();
        } catch (IOException ignored) {
            // Not Linux: the resolver knows.
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException ignored) {
            return "";
        }
    }
}
