package io.tollgate.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that is a named module, with only the libraries that it uses. */
class ModuleTest {
    private static final String AUTH = "io.tollgate.auth.JwtVerifier";
    private static final String GRPC = "io.grpc.ClientInterceptor";

    /** A class of each module that any service with meters has. */
    private static final List<String> METERS = List.of(
            "io.tollgate.micrometer.GuardMetrics",
            "io.tollgate.api.ratelimit.RateLimiter",
            "io.micrometer.core.instrument.MeterRegistry",
            "io.micrometer.common.KeyValue",
            "io.micrometer.observation.Observation",
            "org.HdrHistogram.Histogram",
            "org.jspecify.annotations.Nullable");

    @TempDir
    Path folder;

    @Test
    void exportsOnePackage() {
        ModuleDescriptor module = modules(METERS.subList(0, 1))
                .find("io.tollgate.micrometer")
                .orElseThrow()
                .descriptor();

        assertThat(module.exports())
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactly("io.tollgate.micrometer");
    }

    @Test
    void aServiceWithAGuardAloneNeedsNoOtherLibrary() throws Exception {
        Class<?> service = compile(List.of(), "requires io.tollgate.micrometer;", """
                var guard = io.tollgate.api.guard.RequestGuard.builder()
                        .listener(new io.tollgate.micrometer.RequestMetrics(registry))
                        .build();
                """);

        assertThat(meters(service)).contains("tollgate.tokens.verified", "http.server.active_requests");
    }

    @Test
    void aServiceWithALimiterAloneNeedsNeitherTokensNorGrpc() throws Exception {
        Class<?> service = compile(
                List.of(
                        "io.tollgate.ratelimit.LocalRateLimiter",
                        "org.slf4j.Logger",
                        "redis.clients.jedis.UnifiedJedis"),
                "requires io.tollgate.micrometer; requires io.tollgate.ratelimit;",
                """
                var limiter = io.tollgate.ratelimit.LocalRateLimiter.builder().build();
                new io.tollgate.micrometer.RateLimiterMetrics(limiter).bindTo(registry);
                """);

        assertThat(meters(service)).contains("tollgate.ratelimit.buckets");
        assertThat(service.getModule().getLayer().findModule("io.tollgate.auth"))
                .isEmpty();
        assertThat(service.getModule().getLayer().findModule("io.grpc")).isEmpty();
    }

    @Test
    void aServiceWithTokensAloneNeedsNoRedis() throws Exception {
        Class<?> service = compile(
                List.of(
                        AUTH,
                        "com.nimbusds.jwt.JWTParser",
                        "com.github.benmanes.caffeine.cache.Caffeine",
                        "org.slf4j.Logger"),
                "requires io.tollgate.micrometer; requires io.tollgate.auth;",
                """
                var tokens = io.tollgate.auth.JwtVerifier.builder().secret("x".repeat(32)).build();
                new io.tollgate.micrometer.TokenMetrics(tokens).bindTo(registry);
                """);

        assertThat(meters(service)).contains("tollgate.tokens.cache");
        assertThat(service.getModule().getLayer().findModule("redis.clients.jedis"))
                .isEmpty();
    }

    @Test
    void aServiceWithAChannelOfItsOwnNeedsNoUpstream() throws Exception {
        Class<?> service = compile(List.of(GRPC), "requires io.tollgate.micrometer; requires io.grpc;", """
                new io.tollgate.micrometer.CallMetrics(registry, "orders", "localhost", 50051);
                io.micrometer.core.instrument.Counter.builder("made").register(registry);
                """);

        assertThat(meters(service)).containsExactly("made");
    }

    /** The libraries are on the class path of this test, and must be left out of the modules above to matter. */
    @Test
    void theOtherLibrariesAreModulesToo() {
        assertThat(modules(List.of(AUTH)).find("io.tollgate.auth")).isPresent();
        assertThat(modules(List.of(GRPC)).find("io.grpc")).isPresent();
    }

    /** Compiles and loads a service that runs {@code statements} with a {@code registry}, with these modules and no more. */
    private Class<?> compile(List<String> libraries, String requires, String statements) throws Exception {
        Path sources = Files.createDirectories(folder.resolve("sources"));
        Path classes = folder.resolve("classes");
        Files.writeString(sources.resolve("module-info.java"), "module service { exports service; " + requires + " }");
        Files.writeString(sources.resolve("Service.java"), """
                package service;

                public class Service {
                    public static java.util.List<String> meters() {
                        var registry = new io.micrometer.core.instrument.simple.SimpleMeterRegistry();
                        %s
                        return registry.getMeters().stream().map(meter -> meter.getId().getName()).toList();
                    }
                }
                """.formatted(statements));
        List<String> all = Stream.concat(METERS.stream(), libraries.stream()).toList();
        String path = all.stream()
                .map(ModuleTest::location)
                .map(Path::toString)
                .collect(Collectors.joining(System.getProperty("path.separator")));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int errors = compiler.run(
                null,
                null,
                null,
                "--module-path",
                path,
                "-d",
                classes.toString(),
                sources.resolve("module-info.java").toString(),
                sources.resolve("Service.java").toString());
        assertThat(errors).as("exit status of the compiler").isZero();

        ModuleFinder finder = ModuleFinder.compose(ModuleFinder.of(classes), modules(all));
        Configuration configuration =
                ModuleLayer.boot().configuration().resolve(finder, ModuleFinder.ofSystem(), Set.of("service"));
        return ModuleLayer.boot()
                .defineModulesWithOneLoader(configuration, ClassLoader.getPlatformClassLoader())
                .findLoader("service")
                .loadClass("service.Service");
    }

    private static List<String> meters(Class<?> service) throws ReflectiveOperationException {
        List<String> names = new ArrayList<>();
        for (Object name : (List<?>) service.getMethod("meters").invoke(null)) {
            names.add((String) name);
        }
        return names;
    }

    private static ModuleFinder modules(List<String> of) {
        return ModuleFinder.of(of.stream().map(ModuleTest::location).toArray(Path[]::new));
    }

    /** Returns the jar, or the folder, of the class of that name. */
    private static Path location(String name) {
        try {
            return Path.of(Class.forName(name)
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (ReflectiveOperationException | URISyntaxException e) {
            throw new IllegalStateException(name, e);
        }
    }
}
