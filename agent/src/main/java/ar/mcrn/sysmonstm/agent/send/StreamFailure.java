package ar.mcrn.sysmonstm.agent.send;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Optional;

/** What the end of a stream says about the next attempt. */
final class StreamFailure {
    private final Status status;
    private final Optional<Duration> retryAfter;

    private StreamFailure(Status status, Optional<Duration> retryAfter) {
        this.status = status;
        this.retryAfter = retryAfter;
    }

    static StreamFailure of(Throwable error) {
        return new StreamFailure(Status.fromThrowable(error), retryAfter(error));
    }

    private static Optional<Duration> retryAfter(Throwable error) {
        com.google.rpc.Status details = StatusProto.fromThrowable(error);
        if (details == null) {
            return Optional.empty();
        }
        for (Any detail : details.getDetailsList()) {
            if (detail.is(RetryInfo.class)) {
                try {
                    RetryInfo info = detail.unpack(RetryInfo.class);
                    return Optional.of(Duration.ofSeconds(
                            info.getRetryDelay().getSeconds(),
                            info.getRetryDelay().getNanos()));
                } catch (InvalidProtocolBufferException ignored) {
                    // Advice that cannot be read is no advice: the usual wait holds.
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /** When the aggregator said to come back. */
    Optional<Duration> retryAfter() {
        return retryAfter;
    }

    /** True where trying again soon cannot help: somebody has to do something first. */
    boolean isStanding() {
        return switch (status.getCode()) {
            case ALREADY_EXISTS,
                    INVALID_ARGUMENT,
                    PERMISSION_DENIED,
                    UNAUTHENTICATED,
                    UNIMPLEMENTED,
                    FAILED_PRECONDITION -> true;
            case OK,
                    CANCELLED,
                    UNKNOWN,
                    DEADLINE_EXCEEDED,
                    NOT_FOUND,
                    RESOURCE_EXHAUSTED,
                    ABORTED,
                    OUT_OF_RANGE,
                    INTERNAL,
                    UNAVAILABLE,
                    DATA_LOSS -> false;
        };
    }

    /** One line for people. */
    @Override
    public String toString() {
        Throwable cause = status.getCause();
        String text = status.getCode() + (status.getDescription() == null ? "" : ": " + status.getDescription());
        return cause == null || cause.getMessage() == null ? text : text + " (" + cause.getMessage() + ")";
    }
}
