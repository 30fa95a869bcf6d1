package io.tollgate.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that is a named module, and makes no calls. */
class ModuleTest {
    private static final List<Path> WITHOUT_GRPC = Stream.of(
                    "io.tollgate.opentelemetry.GuardSpans",
                    "io.tollgate.api.guard.RequestGuard",
                    "io.opentelemetry.api.OpenTelemetry",
                    "io.opentelemetry.context.Context",
                    "io.opentelemetry.common.ComponentLoader",
                    "org.jspecify.annotations.Nullable")
            .map(ModuleTest::location)
            .toList();

    @TempDir
    Path folder;

    @Test
    void exportsOnePackage() {
        ModuleDescriptor module = ModuleFinder.of(location("io.tollgate.opentelemetry.GuardSpans"))
                .find("io.tollgate.opentelemetry")
                .orElseThrow()
                .descriptor();

        assertThat(module.exports())
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactly("io.tollgate.opentelemetry");
    }

    @Test
    void aServiceWithoutCallsNeedsNoGrpc() throws Exception {
        Path moduleInfo = Files.writeString(
                folder.resolve("module-info.java"),
                "module service { exports service; requires io.tollgate.opentelemetry; }");
        Path source = Files.writeString(folder.resolve("Service.java"), """
                package service;

                import io.opentelemetry.api.OpenTelemetry;
                import io.tollgate.api.guard.RequestGuard;
                import io.tollgate.opentelemetry.GuardSpans;
                import io.tollgate.opentelemetry.RequestSpans;

                public class Service {
                    public static Object guard() {
                        RequestSpans.builder(OpenTelemetry.noop()).build();
                        return RequestGuard.builder()
                                .listener(new GuardSpans(OpenTelemetry.noop()))
                                .build();
                    }
                }
                """);
        Path classes = folder.resolve("classes");
        String path = WITHOUT_GRPC.stream()
                .map(Path::toString)
                .collect(Collectors.joining(System.getProperty("path.separator")));

        int status = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "--module-path",
                        path,
                        "-d",
                        classes.toString(),
                        moduleInfo.toString(),
                        source.toString());

        assertThat(status).as("exit status of the compiler").isZero();
        Configuration configuration = ModuleLayer.boot()
                .configuration()
                .resolve(
                        ModuleFinder.of(Stream.concat(WITHOUT_GRPC.stream(), Stream.of(classes))
                                .toArray(Path[]::new)),
                        ModuleFinder.ofSystem(),
                        Set.of("service"));
        Class<?> service = ModuleLayer.boot()
                .defineModulesWithOneLoader(configuration, ClassLoader.getPlatformClassLoader())
                .findLoader("service")
                .loadClass("service.Service");
        assertThat(service.getMethod("guard").invoke(null)).isNotNull();
        assertThat(service.getModule().getLayer().modules())
                .extracting(Module::getName)
                .contains("io.tollgate.opentelemetry")
                .doesNotContain("io.grpc");
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
