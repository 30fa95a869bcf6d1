package io.tollgate.runner;

import static io.tollgate.runner.GatewayChild.ANY_PORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.operations.process.OutOfMemory;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutOfMemoryTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"/eat", "/eat-in-a-thread", "/eat-in-silence"})
    void endsTheProcessWhereverTheErrorIsThrown(String path) throws Exception {
        try (GatewayChild gateway = GatewayChild.start(
                folder,
                ANY_PORT,
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                HungryGateway.class.getName())) {
            gateway.health();

            gateway.request(path);

            assertThat(gateway.exitStatus()).isEqualTo(OutOfMemory.EXIT_STATUS);
            assertThat(gateway.err()).contains("out of memory");
        }
    }
}
