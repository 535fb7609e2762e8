package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.TemperatureRow;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads every 10 s what the sensors of {@code /sys/class/hwmon} show, or where these have no temperature the zones of {@code
 * /sys/class/thermal}. Which sensors there are is looked up every 10 min, and in the round after one could not be read any more. A value
 * that cannot be read or cannot be true is absent; SATA disks are not asked. Rounds come from one thread; any thread may ask.
 *
 * <p>Source: Documentation/hwmon/sysfs-interface.rst and thermal/sysfs-api.rst of the kernel: millidegrees Celsius.
 */
final class TemperatureWatch {
    /** Sensors watched. */
    static final int SENSORS = 32;

    /** Asks a disk, which some take for use and then never sleep. */
    private static final String DISK_CHIP = "drivetemp";

    private static final int ROUNDS_PER_LOOK = 60;
    private static final int TEXT_BYTES = 128;
    private static final int MILLIS_PER_TENTH = 100;

    /**
     * What the last round found.
     *
     * @param round counts the rounds, from 1; 0 = none is over yet
     * @param ids of the sensors, in the inventory's order
     * @param rows of those that could be read
     */
    record Snapshot(long round, List<String> ids, List<TemperatureRow> rows) {}

    private record Sensor(String id, File file) {}

    private final File hwmon;
    private final File thermal;
    private final byte[] text = new byte[TEXT_BYTES];
    private List<Sensor> sensors = List.of();
    private List<String> ids = List.of();
    private final BitSet failing = new BitSet();
    private int roundsToLook;
    private volatile Snapshot snapshot = new Snapshot(0, List.of(), List.of());

    /** @param sys usually {@code /sys}; where there is none, there are no sensors */
    TemperatureWatch(Path sys) {
        hwmon = sys.resolve("class/hwmon").toFile();
        thermal = sys.resolve("class/thermal").toFile();
    }

    /** What is known now; never waits. */
    Snapshot snapshot() {
        return snapshot;
    }

    /** Reads every sensor once. */
    void round() {
        if (roundsToLook-- <= 0) {
            look();
            roundsToLook = ROUNDS_PER_LOOK;
        }
        List<TemperatureRow> rows = new ArrayList<>(sensors.size());
        for (int i = 0; i < sensors.size(); i++) {
            int tenths = tenths(i);
            if (tenths >= Limits.COLDEST && tenths <= Limits.HOTTEST) {
                rows.add(TemperatureRow.newBuilder()
                        .setSensor(i)
                        .setTenths(tenths)
                        .build());
            }
        }
        snapshot = new Snapshot(snapshot.round() + 1, ids, rows);
    }

    private int tenths(int sensor) {
        try {
            int millis = Integer.parseInt(read(sensors.get(sensor).file()));
            failing.clear(sensor);
            return Math.round((float) millis / MILLIS_PER_TENTH);
        } catch (IOException | NumberFormatException ignored) {
            // Asleep, taken out, or the chip does not answer: nothing is known of it now.
            if (!failing.get(sensor)) {
                failing.set(sensor);
                roundsToLook = 0;
            }
            return Integer.MAX_VALUE;
        }
    }

    private void look() {
        List<Sensor> found = new ArrayList<>();
        for (File chip : numbered(hwmon, "hwmon", "")) {
            String name = textOr(new File(chip, "name"), chip.getName());
            if (name.equals(DISK_CHIP)) {
                continue;
            }
            for (File input : numbered(chip, "temp", "_input")) {
                String place = input.getName().substring(0, input.getName().indexOf('_'));
                found.add(new Sensor(name + '/' + textOr(new File(chip, place + "_label"), place), input));
            }
        }
        if (found.isEmpty()) {
            for (File zone : numbered(thermal, "thermal_zone", "")) {
                found.add(new Sensor(textOr(new File(zone, "type"), zone.getName()), new File(zone, "temp")));
            }
        }
        Set<String> taken = new HashSet<>();
        List<Sensor> now = found.stream()
                .limit(SENSORS)
                .map(sensor -> new Sensor(unique(sensor.id(), taken), sensor.file()))
                .toList();
        if (!now.equals(sensors)) {
            failing.clear();
            sensors = now;
        }
        ids = sensors.stream().map(Sensor::id).toList();
    }

    private static String unique(String id, Set<String> taken) {
        String free = id;
        for (int i = 2; !taken.add(free); i++) {
            free = id + " #" + i;
        }
        return free;
    }

    /** Files named by these and a number between, in order of that number. */
    private static List<File> numbered(File directory, String before, String behind) {
        String[] names = directory.list();
        if (names == null) {
            return List.of();
        }
        record Numbered(int number, File file) {}
        return Arrays.stream(names)
                .filter(name -> name.startsWith(before) && name.endsWith(behind))
                .map(name -> new Numbered(
                        number(name.substring(
                                before.length(), Math.max(name.length() - behind.length(), before.length()))),
                        new File(directory, name)))
                .filter(file -> file.number() >= 0)
                .sorted((a, b) -> Integer.compare(a.number(), b.number()))
                .map(Numbered::file)
                .toList();
    }

    private static int number(String text) {
        return text.matches("\\d{1,6}") ? Integer.parseInt(text) : -1;
    }

    /** Printable text, short enough that two of them and a number fit into a name. */
    private String textOr(File file, String otherwise) {
        try {
            String said = read(file).replaceAll("[^\\x20-\\x7e]", "").strip();
            return said.isEmpty() ? otherwise : said.substring(0, Math.min(said.length(), 40));
        } catch (IOException ignored) {
            // Not every sensor has a label.
            return otherwise;
        }
    }

    private String read(File file) throws IOException {
        try (FileInputStream in = new FileInputStream(file)) {
            int length = in.read(text);
            return length <= 0 ? "" : new String(text, 0, length, StandardCharsets.UTF_8).strip();
        }
    }
}
