package ar.mcrn.sysmonstm.aggregator.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.aggregator.ring.Beat;
import io.grpc.netty.shaded.io.netty.bootstrap.ServerBootstrap;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler.Sharable;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.SimpleChannelInboundHandler;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With a beat of an hour: whoever gathers does so beyond the end of the test, unless something else ends it. */
class GatheringIoHandlerTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final BlockingQueue<Byte> read = new LinkedBlockingQueue<>();
    private final List<Socket> sockets = new ArrayList<>();
    private EventLoopGroup acceptor;
    private EventLoopGroup worker;
    private Channel server;
    private Thread thread;

    @BeforeEach
    void open() throws Exception {
        acceptor = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        worker = new MultiThreadIoEventLoopGroup(
                1, GatheringIoHandler.over(NioIoHandler.newFactory(), Beat.of(Duration.ofHours(1))));
        server = new ServerBootstrap()
                .group(acceptor, worker)
                .channel(NioServerSocketChannel.class)
                .childHandler(new Reader())
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        thread = worker.submit(Thread::currentThread).get();
    }

    @AfterEach
    void close() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        assertThat(server.close().await(LIMIT.toMillis())).isTrue();
        for (EventLoopGroup group : List.of(worker, acceptor)) {
            assertThat(group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(LIMIT.toMillis()))
                    .isTrue();
        }
    }

    @Test
    void readsAtOnceWhileLittleComesAndGathersOnceMuchDoes() throws Exception {
        Socket socket = connect();
        readMany(socket);
        write(socket, 100);
        assertThat(gathers()).isTrue();
        assertThat(read).isEmpty();
        // A task wakes the event loop, which then reads what has come as well.
        worker.submit(() -> {}).get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(read.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS)).isEqualTo((byte) 100);
    }

    @Test
    void keepsTimersWhileItGathers() throws Exception {
        readMany(connect());
        worker.schedule(() -> {}, 50, TimeUnit.MILLISECONDS).get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** One byte after the other, each read when it is written, until the event loop gathers. */
    private void readMany(Socket socket) throws Exception {
        for (int i = 1; i <= GatheringIoHandler.MANY; i++) {
            assertThat(gathers()).isFalse();
            write(socket, i);
            assertThat(read.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS)).isEqualTo((byte) i);
        }
        await().atMost(LIMIT).until(this::gathers);
    }

    private boolean gathers() {
        return LockSupport.getBlocker(thread) instanceof GatheringIoHandler;
    }

    private Socket connect() throws Exception {
        InetSocketAddress address = (InetSocketAddress) server.localAddress();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        return socket;
    }

    private static void write(Socket socket, int value) throws Exception {
        socket.getOutputStream().write(value);
        socket.getOutputStream().flush();
    }

    @Sharable
    private final class Reader extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            while (bytes.isReadable()) {
                read.add(bytes.readByte());
            }
        }
    }
}
