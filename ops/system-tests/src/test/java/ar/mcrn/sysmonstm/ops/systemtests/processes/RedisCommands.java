package ar.mcrn.sysmonstm.ops.systemtests.processes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Commands to a Redis, one connection each: enough to configure it and to ask how it is. */
public final class RedisCommands {
    private static final int LIMIT_MILLIS = 5_000;

    private final URI address;

    /** @param url {@code redis://host:port} */
    public RedisCommands(String url) {
        this.address = URI.create(url);
    }

    /** The answer to a command of plain words; errors begin with a minus. */
    public String send(String command) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), LIMIT_MILLIS);
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String first = reader.readLine();
            if (first == null || !first.startsWith("$")) {
                return String.valueOf(first);
            }
            char[] bulk = new char[Integer.parseInt(first.substring(1))];
            int read = 0;
            while (read < bulk.length) {
                int more = reader.read(bulk, read, bulk.length - read);
                if (more < 0) {
                    throw new IOException("Redis ended its answer to " + command);
                }
                read += more;
            }
            return new String(bulk);
        }
    }

    /** A number that {@code INFO} tells, such as {@code process_id} of section {@code server}; 0 where it does not. */
    public long info(String section, String name) throws IOException {
        return send("INFO " + section)
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(
                        line -> Long.parseLong(line.substring(name.length() + 1).replaceAll("^count=|[^0-9].*$", "")))
                .findFirst()
                .orElse(0);
    }
}
