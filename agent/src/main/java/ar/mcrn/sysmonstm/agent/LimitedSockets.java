package ar.mcrn.sysmonstm.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import javax.net.SocketFactory;

/**
 * Makes sockets that give up: okhttp connects, and does the handshake of TLS, for as long as the peer likes, and closes
 * a socket only after that. So a peer that says nothing would cost two threads and a socket with each attempt. Safe for
 * any thread.
 */
final class LimitedSockets extends SocketFactory {
    private final int connectMillis;
    private final int silenceMillis;

    /**
     * Sockets with these limits, each above 0.
     *
     * @param connect for the connection to stand
     * @param silence for any read, those of the handshake of TLS too, since its socket reads from ours
     */
    LimitedSockets(Duration connect, Duration silence) {
        connectMillis = Math.toIntExact(connect.toMillis());
        silenceMillis = Math.toIntExact(silence.toMillis());
    }

    @Override
    public Socket createSocket() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(silenceMillis);
        return socket;
    }

    @Override
    public Socket createSocket(InetAddress address, int port) throws IOException {
        return connected(new InetSocketAddress(address, port), null);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return connected(new InetSocketAddress(address, port), new InetSocketAddress(localAddress, localPort));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localAddress, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(localAddress, localPort));
    }

    /** From {@code local}, null where any will do. */
    private Socket connected(SocketAddress peer, SocketAddress local) throws IOException {
        Socket socket = createSocket();
        try {
            socket.bind(local);
            socket.connect(peer, connectMillis);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
