package ar.mcrn.sysmonstm.ops.systemtests;

import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.ops.systemtests.processes.Deployment;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Part;
import ar.mcrn.sysmonstm.ops.systemtests.processes.ServiceProcess;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Services that start while their stores are away go on, and say so. */
final class StartWithoutStoresTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void servicesStartWithoutTheirStoresSaySoAndRecover() throws InterruptedException {
        try (Deployment deployment = Deployment.start()) {
            deployment.redis().stop();
            deployment.postgres().kill9();
            List<ServiceProcess> services = List.of(
                    deployment.start(Part.AGGREGATOR, Map.of()),
                    deployment.start(Part.API, Map.of()),
                    deployment.start(Part.ALERTS, Map.of()));
            for (ServiceProcess service : services) {
                URI admin = service.address("admin");
                for (String dependency : List.of("redis", "database")) {
                    await(service.part() + " says that " + dependency + " is down")
                            .atMost(SOON)
                            .until(() -> deployment
                                    .http()
                                    .dependency(admin, dependency)
                                    .equals("down"));
                }
            }

            deployment.redis().restart();
            deployment.postgres().restart();

            for (ServiceProcess service : services) {
                deployment.awaitReady(service, service.address("admin"));
            }
        }
    }
}
