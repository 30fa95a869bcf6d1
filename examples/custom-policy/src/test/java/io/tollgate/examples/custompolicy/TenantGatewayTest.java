package io.tollgate.examples.custompolicy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.runner.Gateway;
import io.tollgate.runner.config.GatewayConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TenantGatewayTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Test
    void chargesATenantForWhatItDoesAndNobodyElse() throws Exception {
        try (Gateway gateway = TenantGateway.start(GatewayConfig.of(Map.of(
                "jwt.secret_key", "a-secret-of-this-test-that-is-long-enough",
                "server.http.host", "127.0.0.1",
                "server.http.port", "0",
                "server.admin.enabled", "false",
                "server.http.graceful_shutdown_timeout", "100ms",
                "redis.token_bucket.capacity", "1000000")))) {
            assertThat(limitAndRemaining(gateway, "GET", "/health", "X-Tenant", "acme"))
                    .isEqualTo("50/49");
            assertThat(limitAndRemaining(gateway, "POST", "/api/v1/tickets/rock-2026/purchase", "X-Tenant", "globex"))
                    .as("refused for want of a token, and charged as a write")
                    .isEqualTo("50/45");
            assertThat(limitAndRemaining(gateway, "GET", "/health")).startsWith("1000000/");
        }
    }

    @Test
    void limitsCanBeReplacedWhileItRuns() throws Exception {
        GatewayConfig config = GatewayConfig.of(Map.of(
                "jwt.secret_key", "a-secret-of-this-test-that-is-long-enough",
                "server.http.host", "127.0.0.1",
                "server.http.port", "0",
                "server.admin.enabled", "false",
                "server.http.graceful_shutdown_timeout", "100ms"));
        try (Gateway gateway = TenantGateway.start(config)) {
            gateway.guard().replacePolicies(List.of(new TenantPolicy()));

            assertThat(limitAndRemaining(gateway, "GET", "/health")).isEqualTo("-/-");
            assertThat(gateway.guard().policies()).hasAtLeastOneElementOfType(TenantPolicy.class);
        }
    }

    private static String limitAndRemaining(Gateway gateway, String method, String path, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + gateway.address().getPort() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> answer = HTTP.send(request.build(), BodyHandlers.ofString());
        return answer.headers().firstValue("X-RateLimit-Limit").orElse("-") + "/"
                + answer.headers().firstValue("X-RateLimit-Remaining").orElse("-");
    }
}
