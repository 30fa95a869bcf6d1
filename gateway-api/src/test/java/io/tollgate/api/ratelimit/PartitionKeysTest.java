package io.tollgate.api.ratelimit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PartitionKeysTest {
    private static final RateLimit LIMIT = RateLimit.perMinute(100);

    private final PartitionKeys keys = PartitionKeys.hmac("0123456789abcdef".getBytes(UTF_8));

    @Test
    void areTheFirstHalfOfAnHmacOfPolicyAndKey() {
        // printf 'default:user:42' | openssl dgst -sha256 -hmac 0123456789abcdef -binary | head -c16 | base64
        assertThat(keys.of(RateLimitCheck.of("default", "user:42", LIMIT))).isEqualTo(":pQwSglfildqX/K24cghKKg==:");
    }

    @Test
    void differByPolicyKeyAndSecret() {
        RateLimitCheck check = RateLimitCheck.of("default", "user:42", LIMIT);

        assertThat(keys.of(check)).isEqualTo(keys.of(check.withCost(5)));
        assertThat(keys.of(RateLimitCheck.of("daily", "user:42", LIMIT))).isNotEqualTo(keys.of(check));
        assertThat(keys.of(RateLimitCheck.of("default", "user:43", LIMIT))).isNotEqualTo(keys.of(check));
        assertThat(PartitionKeys.hmac("fedcba9876543210".getBytes(UTF_8)).of(check))
                .isNotEqualTo(keys.of(check));
    }

    @Test
    void areInEveryItemOfThePolicyField() {
        RateLimitDecision decision = RateLimitDecision.allowed(
                RateLimitCheck.of("default", "user:42", LIMIT.and(RateLimit.perDay(1_000))), 7, Instant.EPOCH);
        Map<String, String> headers = new LinkedHashMap<>();
        RateLimitHeaders.writeStandard(new RateLimitDecisions(List.of(decision)), keys, headers::put);

        assertThat(headers)
                .containsEntry(
                        "RateLimit-Policy",
                        "\"default.1\";q=100;w=60;pk=:pQwSglfildqX/K24cghKKg==:, \"default.2\";q=1000;w=86400;pk=:pQwSglfildqX/K24cghKKg==:")
                .containsEntry("RateLimit", "\"default.1\";r=7;t=1");
    }

    @Test
    void needASecretThatCannotBeGuessed() {
        assertThatThrownBy(() -> PartitionKeys.hmac(new byte[15]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("secret: 15 bytes (expected: 16 or more)");
        assertThat(keys).hasToString("PartitionKeys[HmacSHA256]");
    }
}
