package ar.mcrn.sysmonstm.api;

import ar.mcrn.sysmonstm.ops.runtime.service.SeparateProcess;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceMain;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Environment;

/** The api as a process of its own. Neither Redis nor the database need be there: it serves what it can and says so. */
public final class ApiApplication extends Application<ApiConfiguration> {

    /** Runs until told to stop. */
    public static void main(String[] arguments) {
        ServiceMain.run("api", new ApiApplication(), ApiConfiguration.class, arguments);
    }

    @Override
    public String getName() {
        return "api";
    }

    @Override
    public void run(ApiConfiguration configuration, Environment environment) {
        ApiSettings settings = configuration.settings();
        ApiAssembly.assemble(settings, SeparateProcess.context("api", configuration, environment, false));
    }
}
