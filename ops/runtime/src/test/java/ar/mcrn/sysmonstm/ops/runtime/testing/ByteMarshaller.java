package ar.mcrn.sysmonstm.ops.runtime.testing;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Messages of a gRPC method as the bytes they are on the wire, for senders of what no generated class would write. */
public enum ByteMarshaller implements MethodDescriptor.Marshaller<byte[]> {
    /** The only one; it keeps nothing. */
    BYTES;

    @Override
    public InputStream stream(byte[] value) {
        return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
        try {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
