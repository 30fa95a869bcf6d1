package io.tollgate.runner;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses RUNNER = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tollgate.runner");

    @Test
    void onlyOnePackageKnowsUndertow() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.tollgate.runner.http.undertow")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.undertow..", "org.xnio..")
                .check(RUNNER);
    }

    @Test
    void onlyOnePackageKnowsOfMicrometerAndOpenTelemetry() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.tollgate.runner.telemetry")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.micrometer..",
                        "io.prometheus..",
                        "io.opentelemetry..",
                        "io.tollgate.micrometer..",
                        "io.tollgate.opentelemetry..")
                .check(RUNNER);
    }

    @Test
    void filtersAndEndpointsKnowNothingOfServicesKeysOrBuckets() {
        noClasses()
                .that()
                .resideInAPackage("io.tollgate.runner.http..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "io.tollgate.grpc..", "io.tollgate.auth..", "io.tollgate.ratelimit..")
                .check(RUNNER);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.tollgate.runner.(**)").should().beFreeOfCycles().check(RUNNER);
        noClasses()
                .that()
                .resideInAnyPackage("io.tollgate.runner.http..", "io.tollgate.runner.config..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.tollgate.runner")
                .check(RUNNER);
    }
}
