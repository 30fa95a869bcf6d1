package io.tollgate.runner.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which texts are values, and of what. */
class ValuesTest {
    @ParameterizedTest
    @CsvSource({
        "30s, PT30S",
        "1m, PT1M",
        "1m30s, PT1M30S",
        "10m2s5ms, PT10M2.005S",
        "500ms, PT0.5S",
        "1.5s, PT1.5S",
        "20000us, PT0.02S",
        "20000\u00b5s, PT0.02S",
        "20000\u03bcs, PT0.02S",
        "2 minutes, PT2M",
        "' 45 seconds ', PT45S"
    })
    void takesDurationsOfGoAndOfHocon(String text, Duration duration) {
        assertThat(with("server.http.read_timeout", text).server().http().readTimeout())
                .isEqualTo(duration);
    }

    @ParameterizedTest
    @CsvSource({
        "65536, 65536",
        "64KiB, 65536",
        "64k, 65536",
        "64K, 65536",
        "64kB, 64000",
        "1MiB, 1048576",
        "2 MB, 2000000"
    })
    void takesSizesWithAndWithoutUnit(String text, long bytes) {
        assertThat(with("server.http.max_body_size", text).server().http().maxBodySize())
                .isEqualTo(bytes);
    }

    @Test
    void takesTheBooleansThatThePageLists() throws IOException {
        String row = Files.readAllLines(Path.of("..", "docs", "configuration.md")).stream()
                .filter(line -> line.startsWith("| true or false |"))
                .findFirst()
                .orElseThrow();
        List<String> listed = Pattern.compile("`([a-z0-9]+)`")
                .matcher(row)
                .results()
                .map(word -> word.group(1))
                .toList();

        assertThat(listed).hasSize(8);
        for (int i = 0; i < listed.size(); i++) {
            assertThat(with("redis.tls", listed.get(i)).redis().tls())
                    .as(listed.get(i))
                    .isEqualTo(i % 2 == 0);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "nothing",
            value = {
                "server.http.read_timeout | 30",
                "server.http.read_timeout | 30x",
                "server.http.read_timeout | s",
                "server.http.read_timeout | -1s",
                "server.http.read_timeout | 1m 30",
                "server.http.read_timeout | 1s1s,",
                "server.http.read_timeout | 0s",
                "server.http.read_timeout | 61m",
                "server.http.read_timeout | 99999999999999999999999h",
                "server.http.max_body_size | 17MiB",
                "server.http.max_body_size | 1 potato",
                "server.http.max_body_size | -5",
                "server.http.port | 65536",
                "server.http.port | -1",
                "server.http.port | 80.5",
                "server.http.port | 0x50",
                "server.http.host | http://localhost",
                "server.http.host | localhost:8080",
                "server.http.host | a b",
                "server.http.host | ::1::",
                "server.http.trusted_proxies | 10.0.0.0/33",
                "server.http.trusted_proxies | 010.0.0.1",
                "server.http.trusted_proxies | localhost",
                "server.http.trusted_proxies | 10.0.0.1/8",
                "server.http.trusted_proxies | fe80::1%eth0",
                "server.http.io_threads | many",
                "server.admin.token | short",
                "cors.allowed_origins | example.com",
                "cors.allowed_origins | https://example.com:port",
                "cors.allowed_origins | https://user:password",
                "cors.allowed_origins | https://example.com/path",
                "cors.allowed_origins | *, https://example.com",
                "cors.allowed_methods | get",
                "cors.allowed_headers | X Header",
                "cors.allow_credentials | maybe",
                "cors.allow_credentials | true",
                "jwt.clock_skew | 6m",
                "auth.issuer | somebody",
                "redis.mode | sentinel",
                "redis.nodes | a",
                "redis.nodes | a:0",
                "redis.nodes | ::1:6379",
                "redis.token_bucket.capacity | 0",
                "redis.token_bucket.capacity | 9007199255",
                "redis.token_bucket.refill_rate | 0",
                "redis.token_bucket.refill_rate | 1e999999999",
                "redis.token_bucket.refill_rate | NaN",
                "redis.token_bucket.refill_interval | 0s",
                "services.user_service.grpc.keepalive_time | 1s",
                "rate_limit.replicas | 0",
                "log.level | loud"
            })
    void refusesWithTheKeyAndTheValue(String key, String value) {
        assertThatThrownBy(() -> with(key, value))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refused -> assertThat(refused.problems())
                                .hasSize(1)
                                .allMatch(problem -> problem.message().contains("(expected"))
                                .allMatch(problem -> problem.source().equals("code")
                                        || problem.source().equals("default")));
    }

    @Test
    void refusesABucketThatWouldTakeCenturiesToFill() {
        assertThatThrownBy(() -> GatewayConfig.of(Map.of(
                        "jwt.secret_key", Samples.SECRET,
                        "redis.token_bucket.capacity", "9007199254",
                        "redis.token_bucket.refill_rate", "0.000001")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no bucket with these values")
                .hasMessageContaining("285 years");
    }

    @Test
    void refusesOnePortForBothListeners() {
        assertThatThrownBy(() -> with("server.admin.port", "8080"))
                .hasMessageContaining("server.admin.port: 8080 (expected: another port than server.http.port, or ");
        assertThatCode(() -> with("server.http.port", "0")).doesNotThrowAnyException();
    }

    @Test
    void takesCredentialsWithAListOfOrigins() {
        GatewayConfig config = GatewayConfig.of(Map.of(
                "jwt.secret_key", Samples.SECRET,
                "cors.allowed_origins", "https://a.example",
                "cors.allow_credentials", "true"));

        assertThat(config.cors().allowCredentials()).isTrue();
        assertThat(config.cors().allowsAnyOrigin()).isFalse();
    }

    @Test
    void leavesOutTheBracketsOfAnAddress() {
        assertThat(with("server.http.host", "[::1]").server().http().host()).isEqualTo("::1");
    }

    private static GatewayConfig with(String key, String value) {
        Map<String, String> values = new HashMap<>(Map.of("jwt.secret_key", Samples.SECRET));
        values.put(key, value);
        return GatewayConfig.of(values);
    }
}
