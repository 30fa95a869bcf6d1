package io.tollgate.runner;

import static io.tollgate.runner.GatewayChild.ANY_PORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.runner.config.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one jar that {@code mvn package} makes of everything. */
class RunnableJarIT {
    private static final Path JAR = Path.of("target", "gateway.jar").toAbsolutePath();

    @TempDir
    Path folder;

    @Test
    void printsNameAndVersion() throws Exception {
        try (GatewayChild gateway = GatewayChild.start(folder, Map.of(), "-jar", JAR.toString(), "--version")) {
            assertThat(gateway.exitStatus()).isZero();
            assertThat(gateway.out()).isEqualToIgnoringNewLines("tollgate " + Version.current());
            assertThat(gateway.err()).isEmpty();
        }
    }

    @Test
    void servesWithTheGivenConfigurationUntilSigterm() throws Exception {
        String given = Path.of("..", "config.yaml").toAbsolutePath().toString();
        try (GatewayChild gateway = GatewayChild.start(folder, ANY_PORT, "-jar", JAR.toString(), "--config", given)) {
            assertThat(gateway.health().body()).contains("\"service\":\"booking-tickets-api-gateway\"");

            gateway.terminate();

            assertThat(gateway.exitStatus()).isEqualTo(143);
            assertThat(gateway.out()).contains("stopped").doesNotContain("Exception", "\tat ");
            assertThat(gateway.err()).isEmpty();
        }
    }

    @Test
    void hasTheProvidersOfEveryLibrary() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            String providers = new String(
                    jar.getInputStream(jar.getEntry("META-INF/services/io.grpc.LoadBalancerProvider"))
                            .readAllBytes(),
                    StandardCharsets.UTF_8);

            assertThat(providers).contains("PickFirstLoadBalancerProvider", "SecretRoundRobinLoadBalancerProvider");
            assertThat(jar.getManifest().getMainAttributes().getValue("Implementation-Version"))
                    .isEqualTo(Version.current());
            assertThat(jar.getManifest().getMainAttributes().getValue("Enable-Native-Access"))
                    .isEqualTo("ALL-UNNAMED");
        }
    }
}
