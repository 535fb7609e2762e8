package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.IngestGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * One stream on a connection of its own, which ends with it: a lost connection is never mended behind the agent's back.
 * Used and heard on the thread of its event loop.
 */
final class AgentStream {

    /** Hears of a stream; after {@code onEnd} nothing more comes. */
    interface Listener {
        void onReady();

        void onMessage(AggregatorMessage message);

        void onEnd(Status status);
    }

    private final ClientCall<AgentMessage, AggregatorMessage> call;

    AgentStream(ManagedChannel channel, AgentLoop loop, Listener listener) {
        this.call = channel.newCall(IngestGrpc.getStreamMethod(), CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onReady() {
                        loop.run(listener::onReady);
                    }

                    @Override
                    public void onMessage(AggregatorMessage message) {
                        loop.run(() -> listener.onMessage(message));
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        // Always a task of its own: a call that fails at once would be heard before it is known.
                        loop.schedule(
                                () -> {
                                    channel.shutdownNow();
                                    listener.onEnd(status);
                                },
                                0);
                    }
                },
                new Metadata());
        call.request(Integer.MAX_VALUE);
    }

    /** True while the transport takes messages without queueing many. */
    boolean isReady() {
        return call.isReady();
    }

    void send(AgentMessage message) {
        call.sendMessage(message);
    }

    /** Ends the stream from this side; the listener still hears of the end. No effect on an ended one. */
    void cancel(String reason) {
        call.cancel(reason, null);
    }
}
