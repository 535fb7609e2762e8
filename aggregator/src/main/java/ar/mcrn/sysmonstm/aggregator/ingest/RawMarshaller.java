package ar.mcrn.sysmonstm.aggregator.ingest;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;

/**
 * Hands over the bytes of a message instead of parsing them: a marshaller that throws ends the whole stream with UNKNOWN and
 * a stack trace, so malformed input is judged by the stream itself. Safe only with a direct executor, where a message is
 * handled before the next one of the same event loop is read.
 */
final class RawMarshaller implements MethodDescriptor.Marshaller<RawMessage> {
    private final Supplier<RawMessage> buffer;

    /** @param buffer gives the reused message of the calling event loop */
    RawMarshaller(Supplier<RawMessage> buffer) {
        this.buffer = buffer;
    }

    @Override
    public RawMessage parse(InputStream stream) {
        RawMessage message = buffer.get();
        try {
            message.fill(stream);
        } catch (IOException e) {
            throw Status.INTERNAL
                    .withDescription("message could not be read")
                    .withCause(e)
                    .asRuntimeException();
        }
        return message;
    }

    @Override
    public InputStream stream(RawMessage value) {
        throw new UnsupportedOperationException("BUG: the aggregator never sends raw messages");
    }
}
