package ar.mcrn.sysmonstm.agent.collect;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.v1.TemperatureRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemperatureWatchTest {
    @TempDir
    Path root;

    private ProcTree tree;
    private TemperatureWatch watch;

    @BeforeEach
    void begin() {
        tree = new ProcTree(root);
        watch = new TemperatureWatch(tree.files().sys());
    }

    private void chip(int number, String name, String... inputs) throws IOException {
        tree.write("sys/class/hwmon/hwmon" + number + "/name", name + "\n");
        for (int i = 0; i < inputs.length; i++) {
            tree.write("sys/class/hwmon/hwmon" + number + "/temp" + (i + 1) + "_input", inputs[i] + "\n");
        }
    }

    /** Sensors and what they show, such as {@code nvme/Composite=385}. */
    private List<String> round() {
        watch.round();
        TemperatureWatch.Snapshot snapshot = watch.snapshot();
        List<String> shown = new ArrayList<>();
        for (TemperatureRow row : snapshot.rows()) {
            shown.add(snapshot.ids().get(row.getSensor()) + '=' + row.getTenths());
        }
        return shown;
    }

    @Test
    void namesSensorsByChipAndLabelInOrderOfTheirNumbers() throws IOException {
        chip(10, "nvme", "38850");
        chip(2, "coretemp", "51000", "-1500");
        tree.write("sys/class/hwmon/hwmon2/temp1_label", "Package id 0\n");
        chip(11, "nvme", "40000");
        tree.write("sys/class/hwmon/hwmon2/temp1_crit", "100000\n");
        tree.write("sys/class/hwmon/hwmon2/tempx_input", "1\n");
        assertThat(round())
                .containsExactly(
                        "coretemp/Package id 0=510", "coretemp/temp2=-15", "nvme/temp1=389", "nvme/temp1 #2=400");
    }

    @Test
    void leavesOutWhatCannotBeReadOrBeTrue() throws IOException {
        chip(0, "drive", "200100", "-60100", "asleep", "", "200000", "-60000");
        assertThat(round()).containsExactly("drive/temp5=2000", "drive/temp6=-600");
        assertThat(watch.snapshot().ids()).hasSize(6);
    }

    @Test
    void looksAgainWhenASensorGoesAndEveryTenMinutes() throws IOException {
        chip(0, "a", "1000");
        chip(1, "b", "2000");
        assertThat(round()).containsExactly("a/temp1=10", "b/temp1=20");
        tree.remove("sys/class/hwmon/hwmon0/temp1_input");
        assertThat(round()).containsExactly("b/temp1=20");
        assertThat(round()).containsExactly("b/temp1=20");
        assertThat(watch.snapshot().ids()).containsExactly("b/temp1");
        chip(2, "c", "3000");
        assertThat(round()).as("not looked for yet").containsExactly("b/temp1=20");
        for (int i = 0; i < 60; i++) {
            watch.round();
        }
        assertThat(round()).containsExactly("b/temp1=20", "c/temp1=30");
    }

    @Test
    void takesThermalZonesWhereNoChipHasATemperature() throws IOException {
        chip(0, "power");
        tree.write("sys/class/thermal/thermal_zone1/type", "acpitz\n");
        tree.write("sys/class/thermal/thermal_zone1/temp", "27800\n");
        tree.write("sys/class/thermal/thermal_zone0/type", "x86_pkg_temp\n");
        tree.write("sys/class/thermal/thermal_zone0/temp", "45000\n");
        assertThat(round()).containsExactly("x86_pkg_temp=450", "acpitz=278");
    }

    @Test
    void watchesABoundedNumberAndNoneWhereThereIsNone() throws IOException {
        assertThat(round()).isEmpty();
        String[] many = new String[40];
        Arrays.fill(many, "1000");
        chip(0, "many\u001b[31m" + "x".repeat(100), many);
        watch = new TemperatureWatch(tree.files().sys());
        assertThat(round()).hasSize(TemperatureWatch.SENSORS);
        assertThat(watch.snapshot().ids()).allMatch(id -> id.length() < 100 && id.matches("[ -~]+"));
    }
}
