package io.tollgate.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.runner.config.GatewayConfig;
import java.net.BindException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GatewayTest {
    @Test
    void startsFromItsConfigurationAlone() throws Exception {
        // Nothing listens at the services' ports, and nothing needs to.
        try (Gateway gateway = Gateway.start(config("server.http.host", "127.0.0.1", "redis.enabled", "true"))) {
            URI health = URI.create("http://127.0.0.1:" + gateway.address().getPort() + "/health");
            HttpURLConnection answer = (HttpURLConnection) health.toURL().openConnection();

            assertThat(gateway.address().getPort()).isPositive();
            assertThat(answer.getResponseCode()).isEqualTo(200);
            answer.disconnect();
        }
    }

    @Test
    void tellsWhereItCanBeCalled() throws Exception {
        // Linux has all of 127.0.0.0/8.
        try (Gateway gateway =
                Gateway.start(config("server.http.host", "127.0.0.2", "server.admin.host", "127.0.0.1"))) {
            int port = gateway.address().getPort();
            assertThat(gateway.url()).hasToString("http://127.0.0.2:" + port);
            HttpURLConnection response = (HttpURLConnection)
                    URI.create(gateway.url() + "/health").toURL().openConnection();
            assertThat(response.getResponseCode()).isEqualTo(200);
            response.disconnect();
            assertThat(gateway.adminUrl())
                    .contains(URI.create("http://localhost:"
                            + gateway.adminAddress().orElseThrow().getPort()));
        }
    }

    @Test
    void saysInOneLineThatItsPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            GatewayConfig config =
                    config("server.http.host", "127.0.0.1", "server.http.port", Integer.toString(taken.getLocalPort()));

            assertThatThrownBy(() -> Gateway.start(config))
                    .isInstanceOf(GatewayStartException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .message()
                    .hasLineCount(1);
            assertThatThrownBy(() -> Gateway.start(config)).hasRootCauseInstanceOf(BindException.class);
        }
    }

    @Test
    void saysInOneLineThatItsHostIsUnknown() {
        assertThatThrownBy(() -> Gateway.start(config("server.http.host", "no-such-host.invalid")))
                .isInstanceOf(GatewayStartException.class)
                .hasMessage("server.http.host: cannot listen on no-such-host.invalid: no such address");
    }

    private static GatewayConfig config(String... keysAndValues) {
        Map<String, String> values = new HashMap<>(Map.of(
                "jwt.secret_key", "a-secret-of-this-test-that-is-long-enough",
                "server.http.port", "0",
                "server.admin.port", "0",
                "server.http.graceful_shutdown_timeout", "100ms"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return GatewayConfig.of(values);
    }
}
