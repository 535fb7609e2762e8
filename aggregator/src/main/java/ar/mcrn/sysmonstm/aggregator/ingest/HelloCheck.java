package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics.Refusal;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.Hello;
import io.grpc.Status;
import java.util.Optional;
import java.util.function.Predicate;

/** Judges a Hello: protocol, credential, then its fields. Who else speaks for the machine is not asked here. */
final class HelloCheck {
    private static final int PROTOCOL = 1;

    private HelloCheck() {}

    /** Why a stream is refused, and how it is ended. */
    record Refused(Refusal why, StreamEnd end) {}

    /** Empty where it may come in. */
    static Optional<Refused> refusal(Hello hello, Predicate<String> admits) {
        if (hello.getProtocol() != PROTOCOL) {
            String versions = "protocol " + Integer.toUnsignedString(hello.getProtocol()) + " is not spoken here, 1 is";
            return refused(Refusal.PROTOCOL, Status.FAILED_PRECONDITION, versions);
        }
        if (!admits.test(hello.getCredential())) {
            return refused(
                    Refusal.CREDENTIAL, Status.UNAUTHENTICATED, "the token is wrong or missing (COLLECTOR_TOKEN)");
        }
        return fault(hello).flatMap(fault -> refused(Refusal.HELLO, Status.INVALID_ARGUMENT, fault));
    }

    private static Optional<Refused> refused(Refusal why, Status status, String description) {
        return Optional.of(new Refused(why, StreamEnd.of(status, description)));
    }

    private static Optional<String> fault(Hello hello) {
        if (!MachineId.isValid(hello.getMachine())) {
            try {
                return Optional.of(new MachineId(hello.getMachine()).value());
            } catch (IllegalArgumentException named) {
                return Optional.of(named.getMessage());
            }
        }
        if (hello.getRun() <= 0) {
            return Optional.of("run must be 1 to 2^63-1");
        }
        if (hello.getRunStartMillis() < 0) {
            return Optional.of("run_start_millis is beyond 2^63-1");
        }
        int interval = hello.getIntervalMillis();
        if (interval < 0 || interval > Limits.DURATION_MILLIS) {
            return Optional.of(
                    "interval_millis=" + Integer.toUnsignedString(interval) + " is beyond " + Limits.DURATION_MILLIS);
        }
        return Optional.empty();
    }
}
