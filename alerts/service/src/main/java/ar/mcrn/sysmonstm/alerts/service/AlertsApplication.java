package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.ops.runtime.service.SeparateProcess;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceContext;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceMain;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Environment;

/** The alerts service as a process of its own: {@code sysmon alerts}. */
public final class AlertsApplication extends Application<AlertsConfiguration> {

    /** Starts it; does not return. */
    public static void main(String... arguments) {
        ServiceMain.run("alerts", new AlertsApplication(), AlertsConfiguration.class, arguments);
    }

    @Override
    public String getName() {
        return "alerts";
    }

    @Override
    public void run(AlertsConfiguration configuration, Environment environment) {
        AlertsSettings settings = configuration.settings();
        ServiceContext context = SeparateProcess.context(getName(), configuration, environment, true);
        AlertsAssembly.assemble(settings, context, context.readiness().dependency("database", false));
    }
}
