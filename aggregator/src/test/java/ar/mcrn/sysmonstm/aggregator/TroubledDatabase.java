package ar.mcrn.sysmonstm.aggregator;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * A real database whose commits a test makes slow, stand still, fail, or go in without the answer coming back, and whose
 * connections it cuts between two statements.
 */
public final class TroubledDatabase {
    /** What commits do; or, with CUT, each seventh statement: its connection is gone. */
    public enum Mode {
        WELL,
        SLOW,
        STALLED,
        REFUSED,
        DEADLOCK,
        COMMITTED_BUT_LOST,
        CUT
    }

    private static final long SLOW_NANOS = 30_000_000;
    private static final long LOOK_NANOS = 1_000_000;
    private static final int CUT_EACH = 7;
    /** What a transaction does next on its connection. */
    private static final Set<String> STEPS = Set.of("createStatement", "prepareStatement", "unwrap", "commit");

    private final DataSource real;
    private final AtomicInteger statements = new AtomicInteger();
    private final AtomicReference<Mode> mode = new AtomicReference<>(Mode.WELL);

    public TroubledDatabase(DataSource real) {
        this.real = real;
    }

    public void set(Mode now) {
        mode.set(now);
    }

    public Mode mode() {
        return mode.get();
    }

    public DataSource source() {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    Object result = invoke(real, method, arguments);
                    return result instanceof Connection connection ? troubled(connection) : result;
                });
    }

    private Connection troubled(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (mode.get() == Mode.CUT
                            && STEPS.contains(method.getName())
                            && statements.incrementAndGet() % CUT_EACH == 0) {
                        connection.abort(Runnable::run);
                    }
                    if (!method.getName().equals("commit")) {
                        return invoke(connection, method, arguments);
                    }
                    if (mode.get() == Mode.SLOW) {
                        LockSupport.parkNanos(SLOW_NANOS);
                    }
                    while (mode.get() == Mode.STALLED) {
                        LockSupport.parkNanos(LOOK_NANOS);
                    }
                    if (mode.get() == Mode.REFUSED) {
                        throw new SQLException("connection lost before the commit", "08006");
                    }
                    if (mode.get() == Mode.DEADLOCK) {
                        connection.rollback();
                        throw new SQLException("deadlock detected", "40P01");
                    }
                    Object result = invoke(connection, method, arguments);
                    if (mode.get() == Mode.COMMITTED_BUT_LOST) {
                        throw new SQLException("connection lost after the commit", "08006");
                    }
                    return result;
                });
    }

    private static Object invoke(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
