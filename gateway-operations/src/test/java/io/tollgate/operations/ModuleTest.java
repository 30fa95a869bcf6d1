package io.tollgate.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.OutputStream;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** As a named module among named modules, which is not how the other tests run it. */
class ModuleTest {
    private static final String NAME = "io.tollgate.operations";

    @Test
    void exportsWhatUsersCall() {
        ModuleDescriptor module = modules(true).find(NAME).orElseThrow().descriptor();

        assertThat(module.exports())
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactlyInAnyOrder(NAME, NAME + ".logging", NAME + ".process");
    }

    @Test
    void showsItsPagesFromTheModulePath() throws Exception {
        try (Pages pages = new Pages(true)) {
            assertThat(pages.get("/")).startsWith("200").contains("<html");
            assertThat(pages.get("/live/uPlot.js")).startsWith("200").contains("uPlot");
            assertThat(pages.get("/health/live")).isEqualTo("200 {\"status\":\"ok\"}");
            assertThat(pages.get("/loggers")).startsWith("200").contains("\"ROOT\"");
        }
    }

    @Test
    void writesLogLinesFromTheModulePath() throws Exception {
        ClassLoader loader = load(true);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Class<?> lines = loader.loadClass(NAME + ".logging.LogLines");
        Object builder = lines.getMethod("builder").invoke(null);
        builder.getClass().getMethod("json", String.class).invoke(builder, "shop");
        try (AutoCloseable started = (AutoCloseable)
                builder.getClass().getMethod("start", OutputStream.class).invoke(builder, out)) {
            assertThat(started.getClass().getModule().getName()).isEqualTo(NAME);
            Object logger = loader.loadClass("org.slf4j.LoggerFactory")
                    .getMethod("getLogger", String.class)
                    .invoke(null, "com.example.A");
            loader.loadClass("org.slf4j.Logger").getMethod("info", String.class).invoke(logger, "open");
        }

        assertThat(out.toString(UTF_8)).contains("\"service\":\"shop\",\"message\":\"open\"");
    }

    @Test
    void hasNoPagesOfLogLevelsWithoutLogback() throws Exception {
        try (Pages pages = new Pages(false)) {
            assertThat(pages.get("/loggers")).startsWith("404");
            assertThat(pages.get("/info")).startsWith("200");
        }
    }

    /** The pages, by reflection: their classes are those of another class loader. */
    private static final class Pages implements AutoCloseable {
        private final ClassLoader loader;
        private final AutoCloseable pages;

        Pages(boolean withLogback) throws Exception {
            loader = load(withLogback);
            Class<?> access = loader.loadClass(NAME + ".OperatorAccess");
            Object builder = loader.loadClass(NAME + ".OperatorPages")
                    .getMethod("builder")
                    .invoke(null);
            Class<?> type = builder.getClass();
            type.getMethod("name", String.class).invoke(builder, "shop");
            type.getMethod("version", String.class).invoke(builder, "1");
            type.getMethod("access", access)
                    .invoke(builder, access.getMethod("loopback").invoke(null));
            pages = (AutoCloseable) type.getMethod("build").invoke(builder);
            assertThat(pages.getClass().getModule().getName()).isEqualTo(NAME);
        }

        /** The status and the body. */
        String get(String path) throws Exception {
            Class<?> request = loader.loadClass("io.tollgate.api.http.HttpRequest");
            Object get = Proxy.newProxyInstance(
                    loader, new Class<?>[] {request}, (proxy, method, arguments) -> switch (method.getName()) {
                        case "method" -> "GET";
                        case "path" -> path;
                        case "peer" -> InetAddress.getLoopbackAddress();
                        case "headers" -> arguments[0].equals("Host") ? List.of("localhost") : List.of();
                        default -> Optional.empty();
                    });
            Object endpoint = pages.getClass().getMethod("endpoint").invoke(pages);
            Object response = ((CompletionStage<?>) loader.loadClass("io.tollgate.api.http.HttpEndpoint")
                            .getMethod("handle", request)
                            .invoke(endpoint, get))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            Class<?> type = response.getClass();
            return type.getMethod("status").invoke(response) + " "
                    + new String((byte[]) type.getMethod("bytes").invoke(response), UTF_8);
        }

        @Override
        public void close() {
            try {
                pages.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Returns the class loader of the module in a layer of its own. */
    private static ClassLoader load(boolean withLogback) {
        Configuration configuration = ModuleLayer.boot()
                .configuration()
                .resolveAndBind(modules(withLogback), ModuleFinder.of(), Set.of(NAME));
        return ModuleLayer.boot()
                .defineModulesWithOneLoader(configuration, ClassLoader.getPlatformClassLoader())
                .findLoader(NAME);
    }

    /** Everything on the class path that ships, with or without Logback. */
    private static ModuleFinder modules(boolean withLogback) {
        Path[] entries = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.endsWith("test-classes"))
                .filter(entry -> withLogback || !entry.contains("logback"))
                .map(Path::of)
                .filter(entry -> entry.toFile().exists())
                .toArray(Path[]::new);
        ModuleFinder finder = ModuleFinder.of(entries);
        assertThat(finder.find(NAME)).isPresent();
        return finder;
    }
}
