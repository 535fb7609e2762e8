package ar.mcrn.sysmonstm.ops.systemtests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the modules' classes may use; which module may depend on which is enforced by the build. */
final class ModuleRulesTest {
    private static final String ROOT = "ar.mcrn.sysmonstm.";
    private static JavaClasses classes;

    @BeforeAll
    static void readClasses() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages("ar.mcrn.sysmonstm");
    }

    @Test
    void onlyRuntimeKnowsRedisPoolAndWebServer() {
        check(only("redis.clients..", "ops.runtime.redis.."));
        check(only("com.zaxxer..", "ops.runtime.database.."));
        check(only("org.eclipse.jetty..", "ops.runtime.service..", "ops.runtime.websocket.."));
    }

    @Test
    void onlyThoseWhoOwnTablesOrReadThemKnowTheDatabase() {
        String[] owners = {
            "aggregator.history..",
            "aggregator.retention..",
            "aggregator.tiers..",
            "alerts.service..",
            "api..",
            "loadgen..",
            "ops.runtime.database..",
            "ops.runtime.service..",
            "ops.standalone.."
        };
        for (String library :
                new String[] {"java.sql..", "javax.sql..", "org.jdbi..", "org.postgresql..", "org.flywaydb.."}) {
            check(only(library, owners));
        }
    }

    @Test
    void onlyTheAggregatorHasARing() {
        check(only("com.lmax..", "aggregator.."));
    }

    @Test
    void onlyTheAgentKnowsOshi() {
        check(only("oshi..", "agent.."));
    }

    @Test
    void onlyConfigurationReadsTheEnvironment() {
        check(noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + "agent.AgentMain")
                .and()
                .doNotHaveFullyQualifiedName(ROOT + "loadgen.LoadgenMain")
                .and()
                .doNotHaveFullyQualifiedName(ROOT + "ops.standalone.StandaloneMain")
                .and()
                .doNotHaveFullyQualifiedName(ROOT + "ops.runtime.configuration.EnvironmentVariables")
                .should()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class));
    }

    /** A statement without parameters is text put together somewhere: whoever takes input from people binds it instead. */
    @Test
    void whoeverTakesInputBindsItsParameters() {
        check(noClasses()
                .that()
                .resideInAnyPackage(ROOT + "api..", ROOT + "alerts..", ROOT + "loadgen..", ROOT + "relay..")
                .should()
                .callMethod(java.sql.Connection.class, "createStatement")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.sql.Statement"));
    }

    private static ArchRule only(String library, String... packages) {
        String[] allowed = new String[packages.length];
        for (int i = 0; i < packages.length; i++) {
            allowed[i] = ROOT + packages[i];
        }
        return noClasses()
                .that()
                .resideOutsideOfPackages(allowed)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }

    private static void check(ArchRule rule) {
        rule.check(classes);
    }
}
