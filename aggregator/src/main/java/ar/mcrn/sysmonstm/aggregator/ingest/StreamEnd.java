package ar.mcrn.sysmonstm.aggregator.ingest;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

/**
 * How the aggregator ends a stream.
 *
 * @param status what the agent is told
 * @param trailers when to come again, for RESOURCE_EXHAUSTED
 */
record StreamEnd(Status status, Metadata trailers) {
    private static final int RETRY_SECONDS = 5;

    static StreamEnd of(Status status, String description) {
        return new StreamEnd(status.withDescription(description), new Metadata());
    }

    /** RESOURCE_EXHAUSTED with {@code google.rpc.RetryInfo}. */
    static StreamEnd exhausted(String description) {
        com.google.rpc.Status details = com.google.rpc.Status.newBuilder()
                .setCode(Code.RESOURCE_EXHAUSTED_VALUE)
                .setMessage(description)
                .addDetails(Any.pack(RetryInfo.newBuilder()
                        .setRetryDelay(Duration.newBuilder().setSeconds(RETRY_SECONDS))
                        .build()))
                .build();
        StatusRuntimeException exception = StatusProto.toStatusRuntimeException(details);
        Metadata trailers = exception.getTrailers();
        return new StreamEnd(exception.getStatus(), trailers == null ? new Metadata() : trailers);
    }
}
