package io.tollgate.runner;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    /** The budget of main code; new code beyond it belongs in a library. */
    private static final int MOST_LINES = 9_000;

    private static final Path SOURCES = Path.of("src", "main", "java");

    private static final JavaClasses RUNNER = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tollgate.runner");

    @Test
    void onlyListenersRequestsAndMetricsKnowTheServerAndNothingKnowsUndertow() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.tollgate.runner", "io.tollgate.runner.http", "io.tollgate.runner.telemetry")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.tollgate.undertow..")
                .check(RUNNER);
        noClasses()
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
                // The transcoder, in a package below, has routes and speaks the HTTP vocabulary.
                .resideInAnyPackage("io.grpc..", "io.tollgate.grpc", "io.tollgate.auth..", "io.tollgate.ratelimit..")
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

    @Test
    void theRunnerStaysThin() throws IOException {
        long lines = 0;
        for (Path file : sources()) {
            lines += Files.readAllLines(file).size();
        }
        assertThat(lines).isBetween(1_000L, (long) MOST_LINES);
    }

    @Test
    void onlyWhatProgramsUseIsExported() throws IOException {
        ModuleDescriptor module;
        try (InputStream descriptor = Files.newInputStream(Path.of("target", "classes", "module-info.class"))) {
            module = ModuleDescriptor.read(descriptor);
        }
        assertThat(module.exports())
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactlyInAnyOrder("io.tollgate.runner", "io.tollgate.runner.config");
        // A type that no user can import must not be in a signature that users call.
        methods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat()
                .resideInAnyPackage("io.tollgate.runner", "io.tollgate.runner.config")
                .and()
                .areDeclaredInClassesThat()
                .arePublic()
                .should()
                .notHaveRawReturnType(hidden())
                .andShould()
                .notHaveRawParameterTypes(anyHidden())
                .check(RUNNER);
    }

    private static DescribedPredicate<JavaClass> hidden() {
        return DescribedPredicate.describe(
                "of a package that is not exported",
                type -> type.getPackageName().startsWith("io.tollgate.runner.")
                        && !type.getPackageName().equals("io.tollgate.runner.config"));
    }

    private static DescribedPredicate<List<JavaClass>> anyHidden() {
        return DescribedPredicate.describe(
                "of a package that is not exported", types -> types.stream().anyMatch(hidden()));
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
