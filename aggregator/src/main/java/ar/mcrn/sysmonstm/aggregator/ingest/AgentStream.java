package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics.Refusal;
import ar.mcrn.sysmonstm.aggregator.ingest.PendingOutcomes.When;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.Hello;
import ar.mcrn.sysmonstm.v1.IdentityClaim;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Reject;
import ar.mcrn.sysmonstm.v1.RejectReason;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
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
    private static final int DEFAULT_INTERVAL_MILLIS = 1_000;
    private static final long GREETING_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long ARRIVAL_NANOS = Duration.ofMillis(500).toNanos();
    private static final long LEAVING_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long UNREAD_NANOS = Duration.ofSeconds(60).toNanos();
    private static final long SILENT_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int SILENT_INTERVALS = 3;
    private static final long YOUNG_NANOS = Duration.ofSeconds(5).toNanos();

    private final ServerCall<RawMessage, AggregatorMessage> call;
    private final IngestDoor door;
    private final IngestLoop loop;
    private final PendingOutcomes outcomes = new PendingOutcomes(System::nanoTime);
    private final WelcomeClock clock = new WelcomeClock();
    private final long startNanos = System.nanoTime();

    private Phase phase = Phase.GREETING;
    private MachineId machine;
    private IdentityClaim claim = IdentityClaim.getDefaultInstance();
    private long silentNanos = SILENT_NANOS;
    private StreamInventories inventories;
    private SampleIntake intake;

    private long ordinal;
    private boolean wantsMessage;
    /** Since when a message is waited for; 0 while none is asked for. Read by other threads. */
    private volatile long waitingSinceNanos;

    private long unreadSinceNanos;
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
        waitingSinceNanos = 0;
        clock.received(door.nowMicros());
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
        Optional<HelloCheck.Refused> refusal = HelloCheck.refusal(hello, door::admits);
        if (refusal.isPresent()) {
            refuse(refusal.get().why(), refusal.get().end());
            return;
        }
        machine = new MachineId(hello.getMachine());
        claim = IdentityClaim.newBuilder()
                .setMachine(hello.getMachine())
                .setRun(hello.getRun())
                .setRunStartMillis(hello.getRunStartMillis())
                .setHelloMicros(hello.getSentMicros())
                .setPeer(peer())
                .setVersion(hello.getVersion())
                .build();
        switch (door.identities().claim(machine, this)) {
            case StreamRegistry.Refused _ -> refuse(Refusal.IDENTITY, newerRun());
            case StreamRegistry.Granted granted -> {
                if (granted.displaced() != null) {
                    granted.displaced().displace();
                }
                open(hello);
            }
        }
    }

    private String peer() {
        SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        return address instanceof InetSocketAddress internet
                ? internet.getAddress().getHostAddress() + ':' + internet.getPort()
                : String.valueOf(address);
    }

    private StreamEnd newerRun() {
        return StreamEnd.of(Status.ALREADY_EXISTS, "a newer run of this machine is connected: " + machine);
    }

    private void open(Hello hello) {
        phase = Phase.OPEN;
        inventories = new StreamInventories(machine, claim.getRun());
        int interval = hello.getIntervalMillis() == 0 ? DEFAULT_INTERVAL_MILLIS : hello.getIntervalMillis();
        silentNanos = Math.max(SILENT_NANOS, interval * 1_000_000L * SILENT_INTERVALS);
        intake = new SampleIntake(door, loop, outcomes, inventories, interval, claim.getRun(), this::requestMessage);
        clock.agentSent(hello.getSentMicros());
        welcome();
        door.history().join(outcomes);
        if (hello.hasWaiting()) {
            door.history()
                    .waiting(outcomes, (int) Math.min(Integer.toUnsignedLong(hello.getWaiting()), Integer.MAX_VALUE));
        }
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
            refuse(inventory, RejectReason.REJECT_REASON_TOO_MANY_SERIES, "inventory: more than 512 cores or devices");
            return;
        }
        Optional<String> fault = InventoryCheck.fault(inventory);
        if (fault.isPresent()) {
            refuse(inventory, RejectReason.REJECT_REASON_INVALID_FIELD, "inventory: " + fault.get());
            return;
        }
        inventories.put(inventory);
    }

    private void refuse(Inventory inventory, RejectReason reason, String detail) {
        inventories.refuse(inventory, reason, detail);
        reject(reason, detail);
    }

    private boolean samples(byte[] bytes, int from, int to, long nanos) {
        SampleIntake.Result result = intake.take(bytes, from, to, clock.receivedMillis(), nanos);
        if (result != SampleIntake.Result.UNPARSABLE) {
            clock.agentSent(loop.parser().sentMicros());
            waiting(loop.parser().waiting());
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

    /** What the agent said of its backlog; credit is given for what waits, and lapses where nothing does. */
    private void waiting(int samples) {
        if (samples >= 0) {
            door.history().waiting(outcomes, samples);
            if (samples == 0) {
                outcomes.lapseCredit();
                intake.lapseCredit();
            }
        }
    }

    private void event(Optional<Event> parsed) {
        if (parsed.isEmpty()) {
            unparsable("Event");
            return;
        }
        Event event = parsed.get();
        door.metrics().receivedEvents().increment();
        outcomes.taken();
        Optional<String> fault = EventCheck.fault(event);
        if (fault.isPresent()) {
            door.metrics().rejectedEvents().increment();
            outcomes.eventRejected(
                    RejectReason.REJECT_REASON_INVALID_FIELD, event.getRun(), event.getEventSequence(), fault.get());
        } else if (!door.history().offerEvent(machine, event, outcomes)) {
            outcomes.returned();
        }
    }

    /** What this stream claims to be, once its Hello was accepted. Any thread that has it from the registry. */
    IdentityClaim claim() {
        return claim;
    }

    /** Whether it began only just now. Any thread. */
    boolean isYoung(long nanos) {
        return nanos - startNanos < YOUNG_NANOS;
    }

    /**
     * Whether its agent should have said something long ago: a message is asked for, and none has come for 5 s or three
     * intervals. Any thread that has it from the registry.
     */
    boolean isSilent(long nanos) {
        long since = waitingSinceNanos;
        return since != 0 && nanos - since > silentNanos;
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

    /** A newer run has the machine at another aggregator, which said so. Any thread. */
    void refuseIdentity() {
        loop.execute(() -> {
            if (phase != Phase.ENDED) {
                refuse(Refusal.IDENTITY, newerRun());
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
            door.identities().release(machine, this);
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
            // Before the request, which may deliver the message within the call. Never 0, which means that none is
            // asked for.
            waitingSinceNanos = System.nanoTime() | 1;
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
        if (!arrived && nanos - arriveByNanos >= 0) {
            arrived();
        }
        boolean welcomeDue = clock.isDue(nanos, door.horizon());
        if (!welcomeDue && !wantsMessage && unreadSinceNanos == 0 && !outcomes.isDue(nanos, When.SWEEP)) {
            return;
        }
        if (!call.isReady()) {
            unreadSinceNanos = unreadSinceNanos == 0 ? nanos : unreadSinceNanos;
            if (nanos - unreadSinceNanos > UNREAD_NANOS) {
                refuse(Refusal.OVERLOAD, StreamEnd.exhausted("the agent does not read its outcomes"));
            }
            return;
        }
        unreadSinceNanos = 0;
        tell(nanos, When.SWEEP);
        if (clock.isDue(nanos, door.horizon())) {
            welcome();
        }
        if (wantsMessage) {
            requestMessage();
        }
    }

    private void tell(long nanos, When when) {
        if (outcomes.isDue(nanos, when) && (when == When.LAST || call.isReady())) {
            PendingOutcomes.Told told = outcomes.flush(nanos, when, clock.clock(door.nowMicros()), call::sendMessage);
            if (told.withClock()) {
                clock.told(nanos);
            } else if (told.stamps()) {
                clock.wrong();
            }
            intake.addCredit(told.credit());
            if (told.deferred() > 0) {
                door.history().waitingToo(outcomes, told.deferred());
            }
        }
    }

    private void welcome() {
        call.sendMessage(clock.welcome(System.nanoTime(), door.nowMicros(), door.horizon()));
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
