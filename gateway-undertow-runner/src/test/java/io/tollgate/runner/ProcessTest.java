package io.tollgate.runner;

import static io.tollgate.runner.GatewayChild.ANY_PORT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link Tollgate} as what it is: a process with an exit status. */
class ProcessTest {
    @TempDir
    Path folder;

    @Test
    void servesUntilSigtermAndThenStopsInOrder() throws Exception {
        try (GatewayChild gateway = start(ANY_PORT)) {
            assertThat(gateway.health().statusCode()).isEqualTo(200);

            gateway.terminate();

            assertThat(gateway.exitStatus()).isEqualTo(143);
            assertThat(gateway.out()).containsSubsequence("listening", "request  method=GET", "stopping", "stopped");
            assertThat(gateway.err()).isEmpty();
        }
    }

    @Test
    void logsNothingButJsonInProduction() throws Exception {
        try (GatewayChild gateway = start(with("APP_ENVIRONMENT", "production"))) {
            assertThat(gateway.health().statusCode()).isEqualTo(200);
            gateway.terminate();
            assertThat(gateway.exitStatus()).isEqualTo(143);

            for (String line : gateway.out().lines().toList()) {
                JsonNode json = new ObjectMapper().readTree(line);
                assertThat(json.hasNonNull("timestamp")).as(line).isTrue();
            }
            assertThat(gateway.err()).isEmpty();
        }
    }

    @Test
    void saysInOneLineThatItsPortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            try (GatewayChild gateway = start(with("SERVER_HTTP_PORT", port))) {
                assertThat(gateway.exitStatus()).isEqualTo(1);
                assertThat(gateway.err())
                        .matches("tollgate: server.http.port: cannot listen on 127.0.0.1:" + port
                                + ": .*in use \\(choose another port with SERVER_HTTP_PORT\\)\\R");
                assertThat(gateway.out()).doesNotContain("\tat ", "Exception");
            }
        }
    }

    @Test
    void saysInOneLineThatItsHostIsNone() throws Exception {
        try (GatewayChild gateway = start(with("SERVER_HTTP_HOST", "no-such-host.invalid"))) {
            assertThat(gateway.exitStatus()).isEqualTo(1);
            assertThat(gateway.err())
                    .startsWith("tollgate: server.http.host: cannot listen on no-such-host.invalid")
                    .hasLineCount(1);
        }
    }

    @Test
    void endsWithTwoWhereTheConfigurationIsWrong() throws Exception {
        try (GatewayChild gateway = start(Map.of())) {
            assertThat(gateway.exitStatus()).isEqualTo(2);
            assertThat(gateway.err())
                    .contains("jwt.secret_key: missing", "JWT_SECRET_KEY")
                    .hasLineCount(2);
            assertThat(gateway.out()).isEmpty();
        }
    }

    private GatewayChild start(Map<String, String> environment) throws IOException {
        return GatewayChild.start(
                folder, environment, "-cp", System.getProperty("java.class.path"), Tollgate.class.getName());
    }

    private static Map<String, String> with(String name, String value) {
        Map<String, String> environment = new HashMap<>(ANY_PORT);
        environment.put(name, value);
        return environment;
    }
}
