package ar.mcrn.sysmonstm.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import org.junit.jupiter.api.Test;

final class MirrorTest {

    @Test
    void leavesOutWhatIsBeyondItsBoundsAndCountsIt() {
        Mirror mirror = new Mirror(2, 10_000);
        mirror.apply(
                "{\"type\":\"snapshot\",\"machines\":{\"a\":{\"time\":1},\"b\":{\"time\":1},\"c\":{\"time\":1}}}",
                false);
        assertThat(mirror.machines()).containsOnlyKeys("a", "b");
        assertThat(mirror.refused()).isEqualTo(1);
        for (int i = 0; i < 1_000; i++) {
            mirror.apply("{\"type\":\"delta\",\"machines\":{\"a\":{\"time\":2,\"key-" + i + "\":1}}}", true);
        }
        assertThat(mirror.bytes()).isLessThan(10_200);
        assertThat(mirror.refused()).isGreaterThan(500);
    }

    @Test
    void forgetsTheBytesOfWhatIsGone() {
        Mirror mirror = new Mirror(10, 10_000);
        mirror.apply("{\"type\":\"snapshot\",\"machines\":{}}", false);
        mirror.apply("{\"type\":\"delta\",\"machines\":{\"a\":{\"time\":2,\"k\":1}}}", true);
        mirror.apply("{\"type\":\"inventory\",\"machines\":{\"a\":{\"os\":\"Linux\"}}}", true);
        assertThat(mirror.bytes()).isPositive();
        mirror.apply("{\"type\":\"delta\",\"machines\":{\"a\":{\"k\":null}}}", true);
        assertThat(mirror.machine("a").values).containsOnlyKeys("time");
        mirror.apply("{\"type\":\"delta\",\"machines\":{},\"removed\":[\"a\"]}", true);
        assertThat(mirror.bytes()).isZero();
    }

    @Test
    void refusesAPublicBindWithoutToken() {
        RelaySettings open = RelaySettings.standard(Secret.NONE);
        open.checkBind("127.0.0.1");
        open.checkBind("::1");
        RelaySettings.standard(new Secret("t")).checkBind("0.0.0.0");
        assertThatThrownBy(() -> open.checkBind("0.0.0.0"))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessage("EDGE_TOKEN is not set: the relay then binds to loopback only, not to 0.0.0.0");
        assertThatThrownBy(() -> new RelaySettings(Secret.NONE, 0, 1, 1, 1 << 20))
                .hasMessage("RELAY_MAX_SOCKETS=0 is not within 1 to 100000");
    }
}
