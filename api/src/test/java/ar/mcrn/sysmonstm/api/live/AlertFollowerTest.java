package ar.mcrn.sysmonstm.api.live;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.api.api.AlertView;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertState;
import org.junit.jupiter.api.Test;

class AlertFollowerTest {

    @Test
    void anEpisodeThatEndedBeforeItFiredIsResolved() {
        AlertView view = AlertFollower.view(AlertEpisode.newBuilder()
                .setId("e1")
                .setRule("cpu-high")
                .setMachine("web-1")
                .setState(AlertState.ALERT_STATE_INACTIVE)
                .setStartMillis(1_000)
                .setResolvedMillis(2_000)
                .build());

        assertThat(view.state()).isEqualTo("resolved");
        assertThat(view.firedAt()).isNull();
        assertThat(view.open()).isFalse();
    }
}
