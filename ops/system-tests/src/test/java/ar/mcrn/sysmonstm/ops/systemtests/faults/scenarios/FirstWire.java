package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.StoredWire;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Range;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * F28: the bytes of version 1 of the wire as they were stored when it was new, from a client that knows nothing else, with a
 * field of a later version added to each message. There is one released wire so far: an agent binary of an earlier release
 * against this aggregator, and the reverse, cannot be run yet.
 */
final class FirstWire implements FaultScenario {
    @Override
    public String id() {
        return "F28";
    }

    @Override
    public String fault() {
        return "stored bytes of wire version 1, each message with a field of a later version, sent by a raw client";
    }

    @Override
    public String expected() {
        return "welcomed, the sample acknowledged and stored under its own run and sequence";
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        StoredWire wire = StoredWire.ofVersion1();
        try (StoredWire.Stream stream = wire.connect(stage.aggregator().port("grpc"))) {
            stream.send("hello");
            stream.send("inventory");
            stream.send("samples");
            List<AggregatorMessage> heard = stream.await(
                    message -> (message.hasAck() && message.getAck().getSamplesCount() > 0) || message.hasReject(),
                    Duration.ofSeconds(15));
            stage.evidence().proof(wire.bytes("samples") > 0, "%d stored bytes sent", wire.bytes("samples"));
            AggregatorMessage last = heard.getLast();
            List<Range> acknowledged = last.getAck().getSamplesList();
            stage.evidence()
                    .expect(
                            heard.getFirst().hasWelcome()
                                    && acknowledged.size() == 1
                                    && acknowledged.getFirst().getRun() == StoredWire.RUN
                                    && acknowledged.getFirst().getFirst() == StoredWire.SEQUENCE,
                            "answers: %s",
                            heard.stream()
                                    .map(message -> message.getMessageCase().toString()
                                            + (message.hasReject()
                                                    ? " " + message.getReject().getReason() + " "
                                                            + message.getReject()
                                                                    .getDetail()
                                                    : ""))
                                    .toList());
            long stored = stage.sql().number("""
                    select count(*) from host_sample s join run r using (machine_id, run_id)
                    where r.run = ? and s.sequence = ?
                    """, StoredWire.RUN, StoredWire.SEQUENCE);
            stage.evidence().expect(stored == 1, "%d row", stored);
        }
    }
}
