package io.tollgate.runner.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.config.ConfigException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GatewayConfigTest {
    private static final String SECRET = "a-secret-of-this-test-that-is-long-enough";

    @Test
    void isMadeOfDefaultsAndTheValuesGiven() {
        GatewayConfig config = GatewayConfig.of(Map.of("jwt.secret_key", SECRET, "server.http.port", "0"));

        assertThat(config.server().http().port()).isZero();
        assertThat(config.server().http().host()).isEqualTo("0.0.0.0");
        assertThat(config.jwt().secretKey().orElseThrow().value()).isEqualTo(SECRET);
        assertThat(config.redis().tokenBucket().capacity()).isEqualTo(100);
        assertThat(config.redis().tokenBucket().tokensPerSecond()).isEqualTo(1.67);
    }

    @Test
    void refusesAValueUnderNoKnownKey() {
        assertThatThrownBy(() -> GatewayConfig.of(Map.of("jwt.secret_key", SECRET, "server.http.prot", "0")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("server.http.prot: unknown key (did you mean server.http.port?)");
    }

    @Test
    void showsNoSecret() {
        GatewayConfig config = GatewayConfig.of(Map.of(
                "jwt.secret_key",
                SECRET,
                "redis.password",
                "marked-password",
                "server.admin.token",
                "marked-admin-token"));

        assertThat(config.toString()).doesNotContain(SECRET, "marked").contains("<redacted>");
    }
}
