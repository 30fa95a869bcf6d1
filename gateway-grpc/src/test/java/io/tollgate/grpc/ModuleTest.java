package io.tollgate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.grpc.user.LoginResponse;
import io.tollgate.grpc.user.User;
import java.io.File;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** As a named module among named modules, which is not how the other tests run it. */
class ModuleTest {
    private static final Queue<ClassLoader> LOADERS = new ConcurrentLinkedQueue<>();

    private static final String NAME = "io.tollgate.grpc";

    @Test
    void exportsWhatUsersCall() {
        ModuleDescriptor module = modules().find(NAME).orElseThrow().descriptor();

        assertThat(module.exports())
                .allMatch(exported -> !exported.isQualified())
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactlyInAnyOrder("io.tollgate.grpc", "io.tollgate.grpc.transcoding");
    }

    @Test
    void handsOnTheModulesWhoseTypesItsUsersHandIn() {
        ModuleDescriptor module = modules().find(NAME).orElseThrow().descriptor();

        assertThat(module.requires())
                .filteredOn(required -> required.modifiers().contains(ModuleDescriptor.Requires.Modifier.TRANSITIVE))
                .extracting(ModuleDescriptor.Requires::name)
                .containsExactlyInAnyOrder("io.grpc", "io.tollgate.api", "org.jspecify");
    }

    @Test
    void leavesTheMessagesOfTheServicesToAModuleOfTheirOwn() {
        ModuleDescriptor module =
                modules().find("io.tollgate.proto").orElseThrow().descriptor();

        assertThat(module.exports())
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactlyInAnyOrder("io.tollgate.grpc.order", "io.tollgate.grpc.user");
    }

    @Test
    void callsAServiceFromTheModulePath() throws Exception {
        Configuration configuration =
                ModuleLayer.boot().configuration().resolveAndBind(modules(), ModuleFinder.of(), Set.of(NAME));
        ClassLoader loader = loader(configuration);

        try (TestServer server = new TestServer()) {
            server.login = TestServer.answering(LoginResponse.newBuilder()
                    .setUser(User.newBuilder().setId("u-1"))
                    .build());

            Class<?> upstreamType = loader.loadClass("io.tollgate.grpc.Upstream");
            Object builder = upstreamType
                    .getMethod("builder", String.class, String.class, int.class)
                    .invoke(null, "user-service", "127.0.0.1", server.port());
            // Loading all of it a second time takes long on a busy machine.
            builder.getClass().getMethod("deadline", Duration.class).invoke(builder, Duration.ofSeconds(30));
            try (AutoCloseable upstream =
                    (AutoCloseable) builder.getClass().getMethod("build").invoke(builder)) {
                Object users = loader.loadClass("io.tollgate.grpc.GrpcUserGateway")
                        .getConstructor(upstreamType)
                        .newInstance(upstream);
                Class<?> credentials = loader.loadClass("io.tollgate.api.user.Credentials");
                Class<?> context = loader.loadClass("io.tollgate.api.CallContext");
                Method login = users.getClass().getMethod("login", credentials, context);

                Object session = ((CompletionStage<?>) login.invoke(
                                users,
                                credentials
                                        .getConstructor(String.class, String.class)
                                        .newInstance("ada@example.org", "secret"),
                                context.getMethod("create").invoke(null)))
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS);

                assertThat(users.getClass().getModule().isNamed()).isTrue();
                assertThat(users.getClass().getModule().getName()).isEqualTo(NAME);
                assertThat(session).asString().contains("u-1");
            }
        }
    }

    /**
     * Returns a loader of these modules that is never collected. Netty loads its native library once for each loader; when one of
     * them is unloaded, Netty looks its classes up through the loader of the class path, and unregisters the native methods there.
     */
    private static ClassLoader loader(Configuration configuration) {
        ClassLoader loader = ModuleLayer.boot()
                .defineModulesWithOneLoader(configuration, ClassLoader.getPlatformClassLoader())
                .findLoader(NAME);
        LOADERS.add(loader);
        return loader;
    }

    /** Everything on the class path that ships. The jars of Jazzer share packages, which modules cannot. */
    private static ModuleFinder modules() {
        Path[] entries = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.endsWith("test-classes"))
                .map(Path::of)
                .filter(entry -> !entry.getFileName().toString().startsWith("jazzer"))
                .filter(entry -> entry.toFile().exists())
                .toArray(Path[]::new);
        ModuleFinder finder = ModuleFinder.of(entries);
        assertThat(finder.find(NAME)).isNotEqualTo(Optional.empty());
        return finder;
    }
}
