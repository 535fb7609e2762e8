package ar.mcrn.sysmonstm.aggregator;

import ar.mcrn.sysmonstm.ops.runtime.service.SeparateProcess;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceContext;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceMain;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Environment;

/** The aggregator as a process of its own: {@code sysmon aggregator}. */
public final class AggregatorApplication extends Application<AggregatorConfiguration> {

    /** Starts it; does not return. */
    public static void main(String... arguments) {
        ServiceMain.run("aggregator", new AggregatorApplication(), AggregatorConfiguration.class, arguments);
    }

    @Override
    public String getName() {
        return "aggregator";
    }

    @Override
    public void run(AggregatorConfiguration configuration, Environment environment) {
        AggregatorSettings settings = configuration.settings();
        ServiceContext context = SeparateProcess.context(getName(), configuration, environment, false);
        AggregatorAssembly aggregator = AggregatorAssembly.assemble(settings, context);
        if (configuration.grpcPort() == 0) {
            environment.lifecycle().addServerLifecycleListener(server -> {
                System.out.println("grpc=" + aggregator.grpcPort());
                System.out.flush();
            });
        }
    }
}
