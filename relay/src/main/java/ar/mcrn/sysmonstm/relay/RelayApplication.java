package ar.mcrn.sysmonstm.relay;

import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.service.SeparateProcess;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceMain;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Environment;

/** {@code sysmon relay}: the relay as a process. It needs neither Redis nor a database. */
public final class RelayApplication extends Application<RelayConfiguration> {
    private final Telemetry telemetry = new Telemetry("relay");
    private final Readiness readiness = new Readiness();

    /** Does not return. */
    public static void main(String[] arguments) {
        ServiceMain.run("relay", new RelayApplication(), RelayConfiguration.class, arguments);
    }

    @Override
    public String getName() {
        return "relay";
    }

    @Override
    public void run(RelayConfiguration configuration, Environment environment) {
        SeparateProcess.serve(environment, telemetry, readiness);
        RelayAssembly.assemble(configuration.settings(), environment, telemetry, readiness);
    }

    Telemetry telemetry() {
        return telemetry;
    }

    Readiness readiness() {
        return readiness;
    }
}
