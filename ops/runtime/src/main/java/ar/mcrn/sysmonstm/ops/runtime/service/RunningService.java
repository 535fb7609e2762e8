package ar.mcrn.sysmonstm.ops.runtime.service;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import com.codahale.metrics.MetricRegistry;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import java.net.BindException;
import java.util.Arrays;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * A Dropwizard application that runs: built and started here rather than by Dropwizard's own command line, so that whatever
 * is wrong is one line and its exit code is ours. Closing it stops everything managed, in reverse order of its start.
 */
public final class RunningService implements AutoCloseable {
    /** Attribute of the admin context: what says at {@code /ready} that the process is going to stop. */
    static final String READINESS = Readiness.class.getName();

    private final Server server;
    private final Environment environment;

    private RunningService(Server server, Environment environment) {
        this.server = server;
        this.environment = environment;
    }

    /**
     * Builds and starts; returns when all ports serve.
     *
     * @throws ConfigurationProblem when a port cannot be had
     * @throws Exception what the application's run or a managed start throws; everything started is stopped then
     */
    public static <C extends ServiceConfiguration> RunningService start(Application<C> application, C configuration)
            throws Exception {
        Bootstrap<C> bootstrap = new Bootstrap<>(application);
        application.initialize(bootstrap);
        configuration.getLoggingFactory().configure(new MetricRegistry(), application.getName());
        Environment environment = new Environment(
                application.getName(),
                bootstrap.getObjectMapper(),
                bootstrap.getValidatorFactory(),
                bootstrap.getMetricRegistry(),
                bootstrap.getClassLoader(),
                bootstrap.getHealthCheckRegistry(),
                configuration);
        bootstrap.run(configuration, environment);
        application.run(configuration, environment);
        Server server = configuration.getServerFactory().build(environment);
        server.setStopAtShutdown(false);
        server.setErrorHandler(errors());
        RunningService running = new RunningService(server, environment);
        try {
            server.start();
        } catch (Exception e) {
            running.close();
            throw portInUse(e, configuration);
        }
        return running;
    }

    /** What Jetty itself refuses is said as JSON, but for browsers. */
    private static ErrorHandler errors() {
        ErrorHandler errors = new ErrorHandler();
        errors.setShowStacks(false);
        errors.setDefaultResponseMimeType("application/json");
        return errors;
    }

    private static Exception portInUse(Exception e, ServiceConfiguration configuration) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                String ports = configuration.httpPort() < 0
                        ? "adminPort=" + configuration.adminPort()
                        : "httpPort=" + configuration.httpPort() + ", adminPort=" + configuration.adminPort();
                String message = e.getMessage() == null ? cause.getMessage() : e.getMessage();
                return new ConfigurationProblem("cannot listen, is the port in use? bind=" + configuration.bind() + ", "
                        + ports + ": " + message);
            }
        }
        return e;
    }

    /** Port that serves the application; -1 where there is none. */
    public int httpPort() {
        return port("application");
    }

    /** Port that serves metrics and readiness. */
    public int adminPort() {
        return port("admin");
    }

    private int port(String name) {
        return Arrays.stream(server.getConnectors())
                .filter(connector -> name.equals(connector.getName()))
                .map(NetworkConnector.class::cast)
                .mapToInt(NetworkConnector::getLocalPort)
                .findFirst()
                .orElse(-1);
    }

    private void stopManaged() throws Exception {
        Exception failure = null;
        for (LifeCycle managed : environment.lifecycle().getManagedObjects().reversed()) {
            try {
                managed.stop();
            } catch (Exception e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** What the application was built in. */
    public Environment environment() {
        return environment;
    }

    /**
     * Stops and waits until all is stopped; {@code /ready} says so first. Where there is only an admin port, that goes on
     * answering until all else has ended.
     *
     * @throws IllegalStateException where something did not stop cleanly; all else was stopped
     */
    @Override
    public void close() {
        if (environment.getAdminContext().getAttribute(READINESS) instanceof Readiness readiness) {
            readiness.stopping();
        }
        try (AutoCloseable _ = server::stop) {
            if (httpPort() < 0) {
                stopManaged();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException("stop was not clean: " + e.getMessage(), e);
        }
    }
}
