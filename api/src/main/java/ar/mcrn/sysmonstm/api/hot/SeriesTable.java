package ar.mcrn.sysmonstm.api.hot;

import ar.mcrn.sysmonstm.api.core.Rounding;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.Kind;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.contract.MetricKey;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Disk;
import ar.mcrn.sysmonstm.v1.Filesystem;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.NetworkInterface;
import ar.mcrn.sysmonstm.v1.Sample;
import ar.mcrn.sysmonstm.v1.TemperatureRow;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The series that a machine of one make has, numbered, so that a sample becomes one array of values. Peaks belong to
 * closed intervals and have no place here.
 *
 * <pre>
 * 0 .. 55            host columns by wire number
 * cores ..           one per logical core
 * disks ..           per disk the columns of DiskColumn that are no peaks
 * interfaces ..      per interface the columns of InterfaceColumn that are no peaks
 * filesystems ..     per file system the columns of FilesystemColumn
 * sensors ..         one per temperature sensor
 * </pre>
 *
 * Immutable; shared by all machines of the same make.
 */
public final class SeriesTable {
    /** Table of a machine of which no inventory is known. */
    public static final SeriesTable HOST_ONLY = of(Inventory.getDefaultInstance());

    private static final int HOST = HostColumn.ALL.size();
    private static final String TEMPERATURE = "hw.temperature";
    private static final double TENTHS = 10;

    private final MetricKey[] keys;
    private final byte[][] jsonNames;
    private final Map<String, Integer> numbers;
    private final int cores;
    private final Block disks;
    private final Block interfaces;
    private final Block filesystems;
    private final int firstSensor;

    private SeriesTable(
            List<MetricKey> keys, int cores, Block disks, Block interfaces, Block filesystems, int firstSensor) {
        this.keys = keys.toArray(MetricKey[]::new);
        this.jsonNames = new byte[this.keys.length][];
        this.numbers = HashMap.newHashMap(this.keys.length);
        for (int i = 0; i < this.keys.length; i++) {
            String text = this.keys[i].toString();
            numbers.putIfAbsent(text, i);
            jsonNames[i] = ("\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\":")
                    .getBytes(StandardCharsets.UTF_8);
        }
        this.cores = cores;
        this.disks = disks;
        this.interfaces = interfaces;
        this.filesystems = filesystems;
        this.firstSensor = firstSensor;
    }

    /** Table of the machines of this make. */
    public static SeriesTable of(Inventory inventory) {
        List<MetricKey> keys = new ArrayList<>();
        HostColumn.ALL.forEach(column -> keys.add(MetricKey.of(column)));
        int cores = Math.min(inventory.getLogicalCores(), Limits.CORES);
        for (int i = 0; i < cores; i++) {
            keys.add(MetricKey.core(i));
        }
        Block disks = block(
                keys,
                DiskColumn.ALL,
                DiskColumn.DEVICE_ATTRIBUTE,
                inventory.getDisksList().stream().map(Disk::getName).toList());
        Block interfaces = block(
                keys,
                InterfaceColumn.ALL,
                InterfaceColumn.DEVICE_ATTRIBUTE,
                inventory.getInterfacesList().stream()
                        .map(NetworkInterface::getName)
                        .toList());
        Block filesystems = block(
                keys,
                FilesystemColumn.ALL,
                FilesystemColumn.DEVICE_ATTRIBUTE,
                inventory.getFilesystemsList().stream()
                        .map(Filesystem::getMountpoint)
                        .toList());
        int firstSensor = keys.size();
        inventory.getSensorsList().stream()
                .limit(Limits.SENSORS)
                .map(sensor -> new MetricKey(TEMPERATURE, new TreeMap<>(Map.of("id", sensor.getId()))))
                .forEach(keys::add);
        return new SeriesTable(keys, cores, disks, interfaces, filesystems, firstSensor);
    }

    private static Block block(List<MetricKey> keys, List<? extends Column> all, String attribute, List<String> names) {
        List<? extends Column> columns =
                all.stream().filter(column -> column.kind() != Kind.PEAK).toList();
        Block block = new Block(keys.size(), List.copyOf(columns), Math.min(names.size(), Limits.SERIES));
        for (String name : names.subList(0, block.devices)) {
            columns.forEach(column -> keys.add(MetricKey.of(column, attribute, name)));
        }
        return block;
    }

    /** How many series there are. */
    public int size() {
        return keys.length;
    }

    /** Key of a series. */
    public MetricKey key(int number) {
        return keys[number];
    }

    /** The key as a JSON member name with its colon, UTF-8; not to be changed. */
    public byte[] jsonName(int number) {
        return jsonNames[number];
    }

    /** Number of a key; -1 where there is none. */
    public int number(String key) {
        return numbers.getOrDefault(key, -1);
    }

    /** Whether a series is of one file system: these come every 10 s, so that the last value holds until the next. */
    public boolean isOfFilesystem(int number) {
        return number >= filesystems.first && number < firstSensor;
    }

    /** Whether a series is of a temperature sensor: these come every 10 s too. */
    public boolean isTemperature(int number) {
        return number >= firstSensor;
    }

    /** Whether the last value of a series holds where a sample brings none: file systems, and the fullest of them. */
    public boolean isSlow(int number) {
        return isOfFilesystem(number) || number == HostColumn.FILESYSTEM_FULLEST.wire();
    }

    /**
     * Values of a sample by number, rounded as shown; NaN where not measured.
     *
     * @param devices whether the sample's device indexes belong to this table's inventory
     */
    public double[] values(Sample sample, boolean devices) {
        double[] values = new double[keys.length];
        Arrays.fill(values, Double.NaN);
        long duration = Math.max(sample.getDurationMillis(), 1);
        read(sample.getPresent(), sample.getValuesList(), HostColumn.ALL, duration, values, 0);
        int known = Math.min(cores, sample.getCoreLoad().size());
        for (int i = 0; i < known; i++) {
            values[HOST + i] = Rounding.shown((sample.getCoreLoad().byteAt(i) & 0xff) / (double) Limits.CORE_LOAD);
        }
        if (devices) {
            disks.read(sample.getDisksList(), duration, values);
            interfaces.read(sample.getInterfacesList(), duration, values);
            filesystems.read(sample.getFilesystemsList(), duration, values);
            for (TemperatureRow row : sample.getTemperaturesList()) {
                if (row.getSensor() >= 0
                        && row.getSensor() < keys.length - firstSensor
                        && row.getTenths() >= Limits.COLDEST
                        && row.getTenths() <= Limits.HOTTEST) {
                    values[firstSensor + row.getSensor()] = row.getTenths() / TENTHS;
                }
            }
        }
        return values;
    }

    private static void read(
            long present, List<Long> wire, List<? extends Column> columns, long duration, double[] values, int first) {
        int at = 0;
        for (long rest = present; rest != 0 && at < wire.size(); rest &= rest - 1, at++) {
            int bit = Long.numberOfTrailingZeros(rest);
            if (bit < columns.size()) {
                values[first + bit] = Rounding.shown(columns.get(bit).value(wire.get(at), duration));
            }
        }
    }

    /**
     * Where the devices of one kind lie.
     *
     * @param first number of the first series
     * @param columns per device, by wire number: peaks have the last ones
     * @param devices how many there are
     */
    private record Block(int first, List<Column> columns, int devices) {
        void read(List<DeviceRow> rows, long duration, double[] values) {
            for (DeviceRow row : rows) {
                if (row.getDevice() >= 0 && row.getDevice() < devices) {
                    SeriesTable.read(
                            row.getPresent(),
                            row.getValuesList(),
                            columns,
                            row.getDurationMillis() > 0 ? row.getDurationMillis() : duration,
                            values,
                            first + row.getDevice() * columns.size());
                }
            }
        }
    }
}
