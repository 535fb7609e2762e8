package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics.Refusal;
import ar.mcrn.sysmonstm.aggregator.ingest.PendingOutcomes.When;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Clock;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.EventKind;
import ar.mcrn.sysmonstm.v1.Hello;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Reject;
import ar.mcrn.sysmonstm.v1.RejectReason;
import ar.mcrn.sysmonstm.v1.Welcome;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agent's stream, from its Hello to its end. Everything runs on the event loop of its connection: messages are handled
 * within the call that delivers them, outcomes are told by {@link #sweep} or along with a message. One message is asked for
 * at a time, so that an agent is slowed by what it is waiting for, and only then.
 *
 * <pre>
 * GREETING --Hello--> OPEN --Goodbye, half-close, stop--> LEAVING --outcomes told, or 5 s--> ENDED
 *     +--------+---------------------- refusal, cancel, displaced ----------------------------^
 * </pre>
 */
final class AgentStream extends ServerCall.Listener<RawMessage> {
    private static final Logger LOG = LoggerFactory.getLogger(AgentStream.class);
    private static final int PROTOCOL = 1;
    private static final int DEFAULT_INTERVAL_MILLIS = 1_000;
    private static final long GREETING_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long ARRIVAL_NANOS = Duration.ofMillis(500).toNanos();
    private static final long LEAVING_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long CLOCK_NANOS = Duration.ofSeconds(55).toNanos();
    private static final long UNREAD_NANOS = Duration.ofSeconds(60).toNanos();

    private final ServerCall<RawMessage, AggregatorMessage> call;
    private final IngestDoor door;
    private final IngestLoop loop;
    private final PendingOutcomes outcomes = new PendingOutcomes();
    private final long startNanos = System.nanoTime();

    private Phase phase = Phase.GREETING;
    private MachineId machine;
    private long run;
    private long runStartMillis;
    private StreamInventories inventories;
    private SampleIntake intake;

    private long ordinal;
    private boolean wantsMessage;
    private long unreadSinceNanos;
    private long agentSentMicros;
    private long receivedMicros;
    private long clockToldNanos;
    private long horizonToldMillis;
    private boolean arrived;
    private long arriveByNanos;
    private StreamEnd end;
    private long leaveByNanos;

    private enum Phase {
        GREETING,
        OPEN,
        LEAVING,
        ENDED
    }

    AgentStream(ServerCall<RawMessage, AggregatorMessage> call, IngestDoor door, IngestLoop loop) {
        this.call = call;
        this.door = door;
        this.loop = loop;
    }

    /** Begins to read; the agent is to say Hello. */
    void begin() {
        loop.add(this);
        requestMessage();
    }

    @Override
    public void onMessage(RawMessage message) {
        if (phase != Phase.GREETING && phase != Phase.OPEN) {
            return;
        }
        ordinal++;
        receivedMicros = door.nowMicros();
        door.metrics().receivedBytes().add(message.length());
        boolean done = handle(message, System.nanoTime());
        if (phase == Phase.OPEN) {
            tell(System.nanoTime(), When.MESSAGE);
        }
        if (done && (phase == Phase.OPEN || phase == Phase.GREETING)) {
            requestMessage();
        }
    }

    /** True when the next message may come. */
    private boolean handle(RawMessage message, long nanos) {
        if (!message.fits()) {
            unparsable("message of " + message.length() + " bytes, limit " + Limits.MESSAGE_BYTES);
            return true;
        }
        AgentFrame frame = loop.frame();
        if (!frame.read(message.bytes(), message.length())) {
            unparsable("not an AgentMessage");
            return true;
        }
        if (phase == Phase.GREETING && frame.field() != AgentMessage.HELLO_FIELD_NUMBER) {
            refuse(Refusal.HELLO, StreamEnd.of(Status.INVALID_ARGUMENT, "the first message must be Hello"));
            return false;
        }
        switch (frame.field()) {
            case AgentMessage.SAMPLES_FIELD_NUMBER -> {
                return samples(message.bytes(), frame.from(), frame.to(), nanos);
            }
            case AgentMessage.HELLO_FIELD_NUMBER -> {
                hello(parse(Hello.parser(), message.bytes(), frame));
                return false;
            }
            case AgentMessage.INVENTORY_FIELD_NUMBER -> inventory(parse(Inventory.parser(), message.bytes(), frame));
            case AgentMessage.EVENT_FIELD_NUMBER -> event(parse(Event.parser(), message.bytes(), frame));
            case AgentMessage.GOODBYE_FIELD_NUMBER -> leave(StreamEnd.of(Status.OK, "goodbye"));
            default -> door.metrics().unknownMessages().increment();
        }
        return true;
    }

    private static <T> Optional<T> parse(Parser<T> parser, byte[] bytes, AgentFrame frame) {
        try {
            // By a stream, so that strings and maps are copied out of the reused buffer.
            return Optional.of(
                    parser.parseFrom(CodedInputStream.newInstance(bytes, frame.from(), frame.to() - frame.from())));
        } catch (InvalidProtocolBufferException malformed) {
            return Optional.empty();
        }
    }

    private void hello(Optional<Hello> parsed) {
        if (phase != Phase.GREETING) {
            refuse(Refusal.HELLO, StreamEnd.of(Status.INVALID_ARGUMENT, "a second Hello on one stream"));
            return;
        }
        if (parsed.isEmpty()) {
            refuse(Refusal.HELLO, StreamEnd.of(Status.INVALID_ARGUMENT, "Hello cannot be parsed"));
            return;
        }
        Hello hello = parsed.get();
        if (hello.getProtocol() != PROTOCOL) {
            String versions = "protocol " + Integer.toUnsignedString(hello.getProtocol()) + " is not spoken here, 1 is";
            refuse(Refusal.PROTOCOL, StreamEnd.of(Status.FAILED_PRECONDITION, versions));
            return;
        }
        if (!door.admits(hello.getCredential())) {
            refuse(
                    Refusal.CREDENTIAL,
                    StreamEnd.of(Status.UNAUTHENTICATED, "the token is wrong or missing (COLLECTOR_TOKEN)"));
            return;
        }
        String fault = fault(hello);
        if (fault != null) {
            refuse(Refusal.HELLO, StreamEnd.of(Status.INVALID_ARGUMENT, fault));
            return;
        }
        machine = new MachineId(hello.getMachine());
        run = hello.getRun();
        runStartMillis = hello.getRunStartMillis();
        switch (door.registry().claim(machine, this)) {
            case StreamRegistry.Refused refused ->
                refuse(
                        Refusal.IDENTITY,
                        StreamEnd.of(Status.ALREADY_EXISTS, "a newer run of this machine is connected: " + machine));
            case StreamRegistry.Granted granted -> {
                if (granted.displaced() != null) {
                    granted.displaced().displace();
                }
                open(hello);
            }
        }
    }

    private static String fault(Hello hello) {
        if (!MachineId.isValid(hello.getMachine())) {
            try {
                return new MachineId(hello.getMachine()).value();
            } catch (IllegalArgumentException named) {
                return named.getMessage();
            }
        }
        if (hello.getRun() <= 0) {
            return "run must be 1 to 2^63-1";
        }
        if (hello.getRunStartMillis() < 0) {
            return "run_start_millis is beyond 2^63-1";
        }
        int interval = hello.getIntervalMillis();
        if (interval < 0 || interval > Limits.DURATION_MILLIS) {
            return "interval_millis=" + Integer.toUnsignedString(interval) + " is beyond " + Limits.DURATION_MILLIS;
        }
        return null;
    }

    private void open(Hello hello) {
        phase = Phase.OPEN;
        inventories = new StreamInventories(machine, run);
        int interval = hello.getIntervalMillis() == 0 ? DEFAULT_INTERVAL_MILLIS : hello.getIntervalMillis();
        intake = new SampleIntake(door, loop, outcomes, inventories, interval, run, this::requestMessage);
        agentSentMicros = hello.getSentMicros();
        welcome();
        door.history().join(outcomes);
        arriveByNanos = System.nanoTime() + ARRIVAL_NANOS;
        door.arrival().arrived(machine, () -> loop.execute(this::arrived));
    }

    /** The machine's state is there, or was waited for long enough: its samples may come. */
    private void arrived() {
        if (!arrived) {
            arrived = true;
            requestMessage();
        }
    }

    private void inventory(Optional<Inventory> parsed) {
        if (parsed.isEmpty()) {
            unparsable("Inventory");
            return;
        }
        Inventory inventory = parsed.get();
        if (InventoryCheck.isTooLarge(inventory)) {
            reject(RejectReason.REJECT_REASON_TOO_MANY_SERIES, "inventory: more than 512 cores or devices");
            return;
        }
        Optional<String> fault = InventoryCheck.fault(inventory);
        if (fault.isPresent()) {
            reject(RejectReason.REJECT_REASON_INVALID_FIELD, "inventory: " + fault.get());
            return;
        }
        inventories.put(inventory);
    }

    private boolean samples(byte[] bytes, int from, int to, long nanos) {
        SampleIntake.Result result = intake.take(bytes, from, to, Math.floorDiv(receivedMicros, 1_000), nanos);
        if (result != SampleIntake.Result.UNPARSABLE) {
            agentSentMicros = loop.parser().sentMicros();
        }
        return switch (result) {
            case DONE -> true;
            case HELD -> false;
            case UNPARSABLE -> {
                unparsable("Samples");
                yield true;
            }
            case OVERLOADED -> {
                refuse(Refusal.OVERLOAD, StreamEnd.exhausted("too many messages wait for the ring"));
                yield false;
            }
        };
    }

    private void event(Optional<Event> parsed) {
        if (parsed.isEmpty()) {
            unparsable("Event");
            return;
        }
        Event event = parsed.get();
        door.metrics().receivedEvents().increment();
        outcomes.taken();
        String fault = fault(event);
        if (fault != null) {
            outcomes.eventRejected(
                    RejectReason.REJECT_REASON_INVALID_FIELD, event.getRun(), event.getEventSequence(), fault);
        } else if (!door.history().offerEvent(machine, event, outcomes)) {
            outcomes.returned();
        }
    }

    private static String fault(Event event) {
        if (event.getEventSequence() <= 0 || event.getRun() <= 0) {
            return "event: run or event_sequence";
        }
        if (event.getKind() == EventKind.UNRECOGNIZED || event.getKind() == EventKind.EVENT_KIND_UNSPECIFIED) {
            return "event: kind";
        }
        if (event.getTimeMillis() < 0
                || event.getFromMillis() < 0
                || event.getToMillis() < 0
                || event.getFirstSequence() < 0
                || event.getLastSequence() < 0) {
            return "event: a number beyond 2^63-1";
        }
        String detail = event.getDetail();
        if (detail.getBytes(StandardCharsets.UTF_8).length > Limits.VALUE_BYTES || detail.indexOf('\0') >= 0) {
            return "event: detail";
        }
        return null;
    }

    /** Whether this stream's run is newer than the other's; the same run is not. */
    boolean isNewerThan(AgentStream other) {
        if (run == other.run) {
            return false;
        }
        return runStartMillis != other.runStartMillis ? runStartMillis > other.runStartMillis : run > other.run;
    }

    /** A newer stream has the machine. Any thread. */
    void displace() {
        loop.execute(() -> {
            if (phase != Phase.ENDED) {
                door.metrics().displaced().increment();
                LOG.info("stream displaced by a newer one: machine={}", machine);
                end(StreamEnd.of(Status.ALREADY_EXISTS, "a newer stream of this machine is connected: " + machine));
            }
        });
    }

    /** The aggregator stops: what was received gets its outcome, nothing more is read. Any thread. */
    void stop() {
        loop.execute(() -> leave(StreamEnd.of(Status.UNAVAILABLE, "the aggregator is stopping")));
    }

    private void leave(StreamEnd how) {
        if (phase == Phase.GREETING) {
            end(how);
        } else if (phase == Phase.OPEN) {
            phase = Phase.LEAVING;
            end = how;
            leaveByNanos = System.nanoTime() + LEAVING_NANOS;
        }
    }

    private void refuse(Refusal why, StreamEnd how) {
        door.metrics().refused(why).increment();
        end(how);
    }

    private void end(StreamEnd how) {
        if (phase != Phase.ENDED) {
            cleanUp();
            call.close(how.status(), how.trailers());
        }
    }

    private void cleanUp() {
        boolean joined = phase == Phase.OPEN || phase == Phase.LEAVING;
        phase = Phase.ENDED;
        loop.remove(this);
        door.leave();
        if (joined) {
            door.history().leave(outcomes);
            door.registry().release(machine, this);
            intake.release();
        }
        outcomes.close();
    }

    @Override
    public void onHalfClose() {
        leave(StreamEnd.of(Status.OK, "half-closed"));
    }

    @Override
    public void onCancel() {
        if (phase != Phase.ENDED) {
            cleanUp();
        }
    }

    @Override
    public void onReady() {
        if (wantsMessage && phase != Phase.ENDED) {
            requestMessage();
        }
    }

    /** Asks for the next message, unless the agent does not read what it is told. */
    private void requestMessage() {
        if (phase != Phase.GREETING && phase != Phase.OPEN) {
            return;
        }
        wantsMessage = !call.isReady() || outcomes.isCrowded();
        if (!wantsMessage) {
            call.request(1);
        }
    }

    /** Regular look at the stream, on its event loop. */
    void sweep(long nanos) {
        switch (phase) {
            case GREETING -> {
                if (nanos - startNanos > GREETING_NANOS) {
                    refuse(Refusal.HELLO, StreamEnd.of(Status.DEADLINE_EXCEEDED, "no Hello within 10 s"));
                }
            }
            case OPEN -> sweepOpen(nanos);
            case LEAVING -> {
                if (outcomes.inFlight() <= 0 || nanos - leaveByNanos >= 0) {
                    tell(nanos, When.LAST);
                    end(end);
                } else {
                    tell(nanos, When.SWEEP);
                }
            }
            case ENDED -> loop.remove(this);
        }
    }

    private void sweepOpen(long nanos) {
        if (!call.isReady()) {
            unreadSinceNanos = unreadSinceNanos == 0 ? nanos : unreadSinceNanos;
            if (nanos - unreadSinceNanos > UNREAD_NANOS) {
                refuse(Refusal.OVERLOAD, StreamEnd.exhausted("the agent does not read its outcomes"));
            }
            return;
        }
        unreadSinceNanos = 0;
        if (!arrived && nanos - arriveByNanos >= 0) {
            arrived();
        }
        tell(nanos, When.SWEEP);
        if (nanos - clockToldNanos > CLOCK_NANOS || door.horizon().toMillis() != horizonToldMillis) {
            welcome();
        }
        if (wantsMessage) {
            requestMessage();
        }
    }

    private void tell(long nanos, When when) {
        if (outcomes.isPending() && (when == When.LAST || call.isReady())) {
            int credit = outcomes.flush(nanos, when, clock(), call::sendMessage);
            clockToldNanos = nanos;
            intake.addCredit(credit);
        }
    }

    private Clock clock() {
        return Clock.newBuilder()
                .setAgentSentMicros(agentSentMicros)
                .setAggregatorReceivedMicros(receivedMicros)
                .setAggregatorSentMicros(door.nowMicros())
                .build();
    }

    private void welcome() {
        clockToldNanos = System.nanoTime();
        horizonToldMillis = door.horizon().toMillis();
        call.sendMessage(AggregatorMessage.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setClock(clock())
                        .setAcceptHorizonMillis(horizonToldMillis)
                        .setAcceptAheadMillis(Limits.AHEAD_MILLIS)
                        .setMaxMessageBytes(Limits.MESSAGE_BYTES)
                        .setVersion(IngestService.version()))
                .build());
    }

    private void unparsable(String what) {
        door.metrics().rejected(RejectReason.REJECT_REASON_UNPARSABLE).increment();
        reject(RejectReason.REJECT_REASON_UNPARSABLE, what);
    }

    /** Refuses a message as a whole, by its ordinal. */
    private void reject(RejectReason reason, String detail) {
        if (phase == Phase.GREETING) {
            refuse(Refusal.HELLO, StreamEnd.of(Status.INVALID_ARGUMENT, "the first message must be Hello: " + detail));
            return;
        }
        call.sendMessage(AggregatorMessage.newBuilder()
                .setReject(Reject.newBuilder()
                        .setReason(reason)
                        .setMessageOrdinal(ordinal)
                        .setDetail(detail))
                .build());
    }
}
