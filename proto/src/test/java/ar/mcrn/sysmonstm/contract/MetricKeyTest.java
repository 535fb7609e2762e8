package ar.mcrn.sysmonstm.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricKeyTest {
    private static final String NASTY = ",={}\"\\ \t\n/aZ9é中*?";

    @Test
    void writesAttributesInAlphabeticalOrder() {
        assertThat(MetricKey.of(DiskColumn.READ_BYTES, DiskColumn.DEVICE_ATTRIBUTE, "sda"))
                .hasToString("system.disk.io{device=sda,direction=read}");
        assertThat(MetricKey.core(3)).hasToString("system.cpu.utilization{logical_number=3}");
        assertThat(MetricKey.of(HostColumn.CPU_TOTAL)).hasToString("system.cpu.utilization");
        assertThat(HostColumn.CPU_USER.key())
                .isEqualTo(MetricKey.of(HostColumn.CPU_USER).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "system.cpu.utilization",
                "system.disk.io{device=sda,direction=read}",
                "system.filesystem.usage{mountpoint=/data one,state=used}",
                "system.filesystem.usage{mountpoint=\"/a,b={x}\",state=used}",
                "system.filesystem.usage{mountpoint=\"a\\\"b\\\\c\"}",
                "system.filesystem.usage{mountpoint=\"\"}",
                "system.filesystem.usage{mountpoint=\"\\u0009\"}"
            })
    void readsBackWhatItWrites(String text) {
        assertThat(MetricKey.parse(text)).hasToString(text);
    }

    @Test
    void readsBackWhateverADeviceIsCalled() {
        Random random = new Random(11);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder name = new StringBuilder();
            for (int i = random.nextInt(12); i > 0; i--) {
                name.append(NASTY.charAt(random.nextInt(NASTY.length())));
            }
            TreeMap<String, String> attributes = new TreeMap<>();
            attributes.put("device", name.toString());
            attributes.put("direction", "read");
            MetricKey key = new MetricKey("system.disk.io", attributes);
            assertThat(MetricKey.parse(key.toString())).as(key.toString()).isEqualTo(key);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "System.cpu",
                "a{b}",
                "a{b=c",
                "a{=c}",
                "a{b=1,b=2}",
                "a{b=\"c}",
                "a{b=\"c\"d}",
                "a b",
                "a'; drop"
            })
    void refusesWhatIsNoKey(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> MetricKey.parse(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "system.disk.io{device=sda,direction=read} | system.disk.io{device=*} | true",
                "system.disk.io{device=sda,direction=read} | system.disk.io | true",
                "system.disk.io{device=sda,direction=read} | system.disk.*{device=sd?} | true",
                "system.disk.io{device=nvme0n1,direction=read} | system.disk.io{device=sd?} | false",
                "system.disk.io{device=sda,direction=read} | system.disk.io{interface=*} | false",
                "system.diskxio | system.disk.io | false",
                "system.filesystem.usage{mountpoint=/home} | system.filesystem.usage{mountpoint=/*} | true"
            })
    void matchesByGlob(String key, String pattern, boolean matches) {
        assertThat(MetricKey.parse(key).matches(MetricKey.parse(pattern))).isEqualTo(matches);
    }
}
