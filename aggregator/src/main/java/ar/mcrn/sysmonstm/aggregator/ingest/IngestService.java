package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics.Refusal;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.IngestGrpc;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import java.util.Optional;
import java.util.function.Supplier;

/** Binds {@code Ingest/Stream} with messages left as bytes, one {@link AgentStream} per call. */
final class IngestService implements BindableService {
    private static final String VERSION = Optional.ofNullable(
                    IngestService.class.getPackage().getImplementationVersion())
            .orElse("development");

    private final IngestDoor door;
    private final Supplier<IngestLoop> loop;

    /** @param loop gives what belongs to the calling event loop */
    IngestService(IngestDoor door, Supplier<IngestLoop> loop) {
        this.door = door;
        this.loop = loop;
    }

    /** Version of the aggregator, for people. */
    static String version() {
        return VERSION;
    }

    @Override
    public ServerServiceDefinition bindService() {
        MethodDescriptor<RawMessage, AggregatorMessage> method = IngestGrpc.getStreamMethod().toBuilder(
                        new RawMarshaller(() -> loop.get().message()),
                        IngestGrpc.getStreamMethod().getResponseMarshaller())
                .build();
        ServiceDescriptor descriptor = ServiceDescriptor.newBuilder(IngestGrpc.SERVICE_NAME)
                .addMethod(method)
                .build();
        return ServerServiceDefinition.builder(descriptor)
                .addMethod(method, this::start)
                .build();
    }

    private ServerCall.Listener<RawMessage> start(ServerCall<RawMessage, AggregatorMessage> call, Metadata headers) {
        if (door.isStopping()) {
            return refuse(call, Refusal.STOPPING, StreamEnd.of(Status.UNAVAILABLE, "the aggregator is stopping"));
        }
        if (!door.enter()) {
            return refuse(call, Refusal.STREAMS, StreamEnd.exhausted("too many streams are open"));
        }
        AgentStream stream = new AgentStream(call, door, loop.get());
        call.sendHeaders(new Metadata());
        stream.begin();
        return stream;
    }

    private ServerCall.Listener<RawMessage> refuse(
            ServerCall<RawMessage, AggregatorMessage> call, Refusal why, StreamEnd end) {
        door.metrics().refused(why).increment();
        call.close(end.status(), end.trailers());
        return new ServerCall.Listener<>() {};
    }
}
