package ar.mcrn.sysmonstm.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import javax.sql.DataSource;

/**
 * Connections that write down the plan of every statement before it is executed, by {@code explain (analyze, buffers)} of the
 * same text with the same values.
 */
final class QueryPlans {
    private static final String SELECT = "select";

    private final Path file;

    QueryPlans(Path file) {
        this.file = file;
    }

    /** Begins what follows. */
    void title(String text) {
        write("\n==== " + text + "\n");
    }

    /** The same connections, watched. */
    DataSource of(DataSource source) {
        return proxy(DataSource.class, (_, method, arguments) -> {
            Object result = forward(source, method, arguments);
            return result instanceof Connection connection ? connection(connection) : result;
        });
    }

    private Connection connection(Connection connection) {
        return proxy(Connection.class, (_, method, arguments) -> {
            Object result = forward(connection, method, arguments);
            boolean query = method.getName().equals("prepareStatement")
                    && arguments[0].toString().strip().startsWith(SELECT);
            return query && result instanceof PreparedStatement statement
                    ? statement(statement, connection, arguments[0].toString())
                    : result;
        });
    }

    private PreparedStatement statement(PreparedStatement statement, Connection connection, String sql)
            throws Exception {
        PreparedStatement explain = connection.prepareStatement("explain (analyze, buffers) " + sql);
        return proxy(PreparedStatement.class, (_, method, arguments) -> {
            String name = method.getName();
            boolean binds = name.startsWith("set") && arguments != null && arguments.length > 1;
            if (binds) {
                forward(explain, method, arguments);
            } else if (name.startsWith("execute")) {
                explain(explain, sql);
            }
            return forward(statement, method, arguments);
        });
    }

    private void explain(PreparedStatement explain, String sql) throws Exception {
        StringBuilder plan = new StringBuilder("\n-- ")
                .append(sql.strip().replaceAll("\\s+", " "))
                .append('\n');
        try (explain;
                ResultSet lines = explain.executeQuery()) {
            while (lines.next()) {
                plan.append(lines.getString(1)).append('\n');
            }
        }
        write(plan.toString());
    }

    private void write(String text) {
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object forward(Object target, Method method, Object... arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(QueryPlans.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
