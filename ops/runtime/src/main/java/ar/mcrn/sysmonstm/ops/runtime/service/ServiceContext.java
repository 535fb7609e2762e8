package ar.mcrn.sysmonstm.ops.runtime.service;

import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import io.dropwizard.core.setup.Environment;

/**
 * What a service is handed at its start: the same whether it has the process for itself or shares it.
 *
 * @param environment of the Dropwizard application; what is managed there is stopped in reverse order
 * @param telemetry where its metrics go, labelled with its name
 * @param readiness of the process
 * @param hot newest state of every machine
 * @param bus how services tell each other what happened
 * @param database the pool; its owner closes it
 */
public record ServiceContext(
        Environment environment,
        Telemetry telemetry,
        Readiness readiness,
        HotState hot,
        EventBus bus,
        Database database) {

    /** The same for another service of the process. */
    public ServiceContext forService(String name) {
        return new ServiceContext(environment, telemetry.forService(name), readiness, hot, bus, database);
    }
}
