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
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.SimpleChannelInboundHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
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
import org.junit.jupiter.api.Test;

class GatheringIoHandlerTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final BlockingQueue<Byte> read = new LinkedBlockingQueue<>();
    private final List<Socket> sockets = new ArrayList<>();
    private EventLoopGroup acceptor;
    private EventLoopGroup worker;
    private Channel server;
    private Thread thread;

    private void open(Duration beat) throws Exception {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        acceptor = new MultiThreadIoEventLoopGroup(1, io);
        worker = new MultiThreadIoEventLoopGroup(1, GatheringIoHandler.over(io, Beat.of(beat)));
        server = new ServerBootstrap()
                .group(acceptor, worker)
                .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .childHandler(new Reader())
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        thread = worker.submit(Thread::currentThread).get();
        // Without any timer an event loop looks around each second by itself.
        assertThat(worker.schedule(() -> {}, 1, TimeUnit.DAYS).isDone()).isFalse();
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
    void gathersOnceMuchComesUntilATaskIsThere() throws Exception {
        open(Duration.ofHours(1));
        Socket socket = connect();
        readUntilItGathers(socket);
        write(socket, 100);
        await().atMost(LIMIT).until(this::gathers);
        assertThat(read).isEmpty();
        assertThat(readByATask()).isEqualTo((byte) 100);
    }

    @Test
    void keepsTimersWhileItGathers() throws Exception {
        open(Duration.ofHours(1));
        readUntilItGathers(connect());
        worker.schedule(() -> {}, 50, TimeUnit.MILLISECONDS).get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Test
    void looksWithItsBeatWhileItGathersAndAfterwards() throws Exception {
        open(Duration.ofMillis(100));
        Socket socket = connect();
        readUntilItGathers(socket);
        write(socket, 100);
        assertThat(read.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS)).isEqualTo((byte) 100);
        await().atMost(LIMIT).until(() -> !gathers());
        write(socket, 101);
        assertThat(read.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS)).isEqualTo((byte) 101);
    }

    /** One byte after the other, each read before the next is written: at once, or by a task once they gather. */
    private void readUntilItGathers(Socket socket) throws Exception {
        for (int i = 0; !gathers(); i++) {
            write(socket, i);
            Byte next = read.poll(10, TimeUnit.MILLISECONDS);
            assertThat(next == null ? readByATask() : next).isEqualTo((byte) i);
        }
    }

    /** What is read in the turn of a task, or of a later one: a task that comes while a turn ends runs without a look at sockets. */
    private byte readByATask() throws Exception {
        await().atMost(LIMIT).until(() -> {
            worker.submit(() -> {}).get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            return !read.isEmpty();
        });
        return read.take();
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
