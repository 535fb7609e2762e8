package ar.mcrn.sysmonstm.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AgentBenchTest {
    @Test
    void tableHoldsMediansOverTheRounds() {
        String table = AgentBench.table(List.of(
                new AgentBench.Figure("plain", 0.30, 60, 14, 900),
                new AgentBench.Figure("node_exporter", 0.9, 20, 6, -1),
                new AgentBench.Figure("plain", 0.10, 80, 14, 700),
                new AgentBench.Figure("plain", 0.20, 70, 15, 800)));

        assertThat(table.lines().toList())
                .containsExactly(
                        "process           CPU-s/min  PSS MiB  threads  first ms",
                        "plain                 0.200     70.0       14       800",
                        "node_exporter         0.900     20.0        6         -");
    }

    @Test
    void numberIsTheOneBehindTheWord() {
        assertThat(AgentBench.number("Rss:  900 kB\nPss:   71234 kB\nPss_Anon: 3 kB\n", "Pss:"))
                .isEqualTo(71_234);
        assertThatThrownBy(() -> AgentBench.number("Rss: 1 kB\n", "Pss:")).hasMessage("no line begins with Pss:");
    }
}
