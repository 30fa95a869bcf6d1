package io.tollgate.runner;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The arrows between the libraries: all point to the API, and the API points nowhere. Integrations point to the libraries that
 * they adapt, and nothing but the gateway points to them.
 */
class LibrariesArchitectureTest {
    private static final List<String> LIBRARIES = List.of(
            "io.tollgate.ratelimit",
            "io.tollgate.auth",
            "io.tollgate.grpc",
            "io.tollgate.operations",
            "io.tollgate.tls");

    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar") && !location.contains("-testkit"))
            .importPackages(
                    "io.tollgate.api",
                    "io.tollgate.ratelimit",
                    "io.tollgate.auth",
                    "io.tollgate.grpc",
                    "io.tollgate.operations",
                    "io.tollgate.tls",
                    "io.tollgate.micrometer",
                    "io.tollgate.opentelemetry",
                    "io.tollgate.undertow",
                    "io.tollgate.runner");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.tollgate.api.guard.RequestGuard",
                "io.tollgate.ratelimit.LocalRateLimiter",
                "io.tollgate.auth.JwtVerifier",
                "io.tollgate.grpc.Upstream",
                "io.tollgate.operations.OperatorPages",
                "io.tollgate.tls.TlsFiles",
                "io.tollgate.micrometer.GuardMetrics",
                "io.tollgate.opentelemetry.GuardSpans",
                "io.tollgate.undertow.UndertowServer",
                "io.tollgate.runner.Gateway",
            })
    void everyModuleIsLookedAt(String name) {
        assertThat(ALL.contain(name)).isTrue();
    }

    @Test
    void noTestIsLookedAt() {
        assertThat(ALL.contain("io.tollgate.auth.redis.RedisServer")).isFalse();
        assertThat(ALL.contain("io.tollgate.auth.testkit.TestKeys")).isFalse();
        assertThat(ALL.contain(LibrariesArchitectureTest.class.getName())).isFalse();
    }

    @Test
    void theApiNeedsTheJdkAlone() {
        classes()
                .that()
                .resideInAPackage("io.tollgate.api..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.tollgate.api..", "java..", "javax.crypto..", "org.jspecify.annotations")
                .check(ALL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.tollgate.ratelimit",
                "io.tollgate.auth",
                "io.tollgate.grpc",
                "io.tollgate.operations",
                "io.tollgate.tls"
            })
    void aLibraryKnowsNoneOfTheOthersAndNotTheGateway(String library) {
        String[] others = LIBRARIES.stream()
                .filter(other -> !other.equals(library))
                .map(other -> other + "..")
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(library + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.tollgate.runner..",
                        "io.tollgate.micrometer..",
                        "io.tollgate.opentelemetry..",
                        "io.tollgate.undertow..",
                        "io.undertow..",
                        "com.typesafe..",
                        "io.micrometer..",
                        "io.opentelemetry..")
                .check(ALL);
    }

    @Test
    void theMetersKnowTheLibrariesThatTheyMeasureAndMicrometer() {
        classes()
                .that()
                .resideInAPackage("io.tollgate.micrometer..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.tollgate.micrometer",
                        "io.tollgate.api..",
                        "io.tollgate.ratelimit",
                        "io.tollgate.auth",
                        "io.tollgate.auth.keys",
                        "io.tollgate.grpc",
                        "io.micrometer.core.instrument..",
                        "io.grpc",
                        "java..",
                        "org.jspecify.annotations")
                .check(ALL);
    }

    @Test
    void theSpansKnowTheApiAndOpenTelemetry() {
        classes()
                .that()
                .resideInAPackage("io.tollgate.opentelemetry..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.tollgate.opentelemetry",
                        "io.tollgate.api..",
                        "io.opentelemetry.api..",
                        "io.opentelemetry.context..",
                        "io.opentelemetry.sdk..",
                        "io.grpc",
                        "java..",
                        "org.jspecify.annotations")
                .check(ALL);
    }

    @Test
    void theServerKnowsTheApiAndUndertow() {
        classes()
                .that()
                .resideInAPackage("io.tollgate.undertow..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.tollgate.undertow",
                        "io.tollgate.api..",
                        "io.undertow..",
                        "org.xnio..",
                        "org.slf4j..",
                        "com.sun.management", // The limit of file descriptors.
                        "java..",
                        "javax.net.ssl",
                        "org.jspecify.annotations")
                .check(ALL);
    }

    /** A service with a limiter alone loads no class that needs gRPC or tokens. */
    @Test
    void whatIsMeasuredIsNamedByItsOwnMetersAlone() {
        onlyNames("io.tollgate.ratelimit..", "RateLimiterMetrics");
        onlyNames("io.tollgate.auth..", "TokenMetrics");
        onlyNames("io.tollgate.grpc..", "UpstreamMetrics");
        onlyNames("io.grpc..", "CallMetrics|CallSpans|TraceMetadata");
    }

    private static void onlyNames(String library, String classes) {
        noClasses()
                .that()
                .resideInAnyPackage("io.tollgate.micrometer", "io.tollgate.opentelemetry")
                .and()
                .haveNameNotMatching(".*\\.(" + classes + ")(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(ALL);
    }

    @Test
    void eachThirdPartyHasItsLibrary() {
        onlyThese("com.nimbusds..", "io.tollgate.auth..");
        onlyThese("redis.clients.jedis..", "io.tollgate.auth..", "io.tollgate.ratelimit..", "io.tollgate.runner..");
        onlyThese(
                "io.grpc..",
                "io.tollgate.grpc..",
                "io.tollgate.micrometer",
                "io.tollgate.opentelemetry",
                "io.tollgate.runner..");
        onlyThese("io.micrometer..", "io.tollgate.micrometer", "io.tollgate.runner..");
        onlyThese("io.prometheus..", "io.tollgate.runner..");
        onlyThese("io.opentelemetry..", "io.tollgate.opentelemetry", "io.tollgate.runner..");
        onlyThese("io.undertow..", "io.tollgate.undertow");
        onlyThese("com.fasterxml.jackson.core..", "io.tollgate.operations..", "io.tollgate.runner..");
        onlyThese("com.fasterxml.jackson.databind..", "io.tollgate.runner..");
    }

    private static void onlyThese(String thirdParty, String... packages) {
        noClasses()
                .that()
                .resideOutsideOfPackages(packages)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(thirdParty)
                .check(ALL);
    }

    /** Each package is a slice of its own. */
    @Test
    void packagesOfTheLibrariesHaveNoCycles() {
        slices().matching("io.tollgate.(**)")
                .should()
                .beFreeOfCycles()
                .check(ALL.that(resideOutsideOfPackage("io.tollgate.runner..")));
    }
}
