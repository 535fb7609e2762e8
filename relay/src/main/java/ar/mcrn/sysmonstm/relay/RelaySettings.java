package ar.mcrn.sysmonstm.relay;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;

/**
 * What the relay needs to know.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><th>key</th><th>default</th><th>unit</th><th>effect</th></tr>
 * <tr><td>token</td><td>none</td><td></td><td>what the api proves itself with at {@code /feed}; without one only loopback
 * may be bound</td></tr>
 * <tr><td>maxSockets</td><td>10,000</td><td>sockets</td><td>viewers at once</td></tr>
 * <tr><td>maxSocketsPerIp</td><td>20</td><td>sockets</td><td>viewers of one address, loopback excepted; 0 = no
 * limit</td></tr>
 * <tr><td>maxMachines</td><td>10,000</td><td>machines</td><td>machines mirrored; the rest is left out and counted</td></tr>
 * <tr><td>maxBytes</td><td>67,108,864</td><td>bytes</td><td>names and values mirrored, about</td></tr>
 * </table>
 *
 * @param token shared with the api
 * @param maxSockets 1 to 100,000
 * @param maxSocketsPerIp 0 to 100,000
 * @param maxMachines 1 to 100,000
 * @param maxBytes 1 MiB to 4 GiB
 */
public record RelaySettings(Secret token, int maxSockets, int maxSocketsPerIp, int maxMachines, long maxBytes) {

    /** @throws ConfigurationProblem naming key, value and range */
    public RelaySettings {
        range("RELAY_MAX_SOCKETS", maxSockets, 1, 100_000);
        range("RELAY_MAX_SOCKETS_PER_IP", maxSocketsPerIp, 0, 100_000);
        range("RELAY_MAX_MACHINES", maxMachines, 1, 100_000);
        range("RELAY_MAX_BYTES", maxBytes, 1L << 20, 4L << 30);
    }

    /** The defaults with this token. */
    public static RelaySettings standard(Secret token) {
        return new RelaySettings(token, 10_000, 20, 10_000, 64L << 20);
    }

    /**
     * Refuses to be public without a token.
     *
     * @param bind address that is listened on
     * @throws ConfigurationProblem in one line
     */
    public void checkBind(String bind) {
        if (token.isEmpty() && !isLoopback(bind)) {
            throw new ConfigurationProblem(
                    "EDGE_TOKEN is not set: the relay then binds to loopback only, not to " + bind);
        }
    }

    private static boolean isLoopback(String bind) {
        return bind.equals("localhost") || bind.equals("::1") || bind.equals("[::1]") || bind.startsWith("127.");
    }

    private static void range(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new ConfigurationProblem(key + "=" + value + " is not within " + least + " to " + most);
        }
    }
}
