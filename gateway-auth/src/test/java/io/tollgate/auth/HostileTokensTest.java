package io.tollgate.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.testkit.HostileTokens;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.testkit.VirtualTime;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HostileTokensTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Set<? extends ErrorCode> REFUSALS =
            EnumSet.of(CommonError.INVALID_TOKEN, CommonError.INVALID_TOKEN_FORMAT, CommonError.TOKEN_EXPIRED);

    private static final Map<SignatureAlgorithm, Map<String, String>> TABLES = new EnumMap<>(SignatureAlgorithm.class);

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void refusesEveryHostileToken(SignatureAlgorithm algorithm) {
        JwtVerifier verifier = verifier(KeySource.fixed(TestKeys.of(algorithm)));
        Map<String, String> hostile = hostile(algorithm);

        assertThat(hostile).hasSizeGreaterThan(200);
        assertThat(notRefused(verifier, hostile)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void refusesEveryHostileTokenWhereTheKeyHasAName(SignatureAlgorithm algorithm) {
        TokenKey key = TestKeys.of(algorithm).withKid("key-1");
        JwtVerifier verifier = verifier(KeySource.fixed(key));

        assertThat(notRefused(verifier, HostileTokens.of(key, NOW).all())).isEmpty();
    }

    @Test
    void refusesTokensOfOtherIssuersAndForOtherAudiences() {
        TokenKey key = TestKeys.of(SignatureAlgorithm.ES256);
        JwtVerifier verifier = JwtVerifier.builder()
                .keys(KeySource.fixed(key))
                .issuer("https://issuer.example")
                .audience("tickets")
                .time(new VirtualTime(NOW))
                .build();
        HostileTokens hostile =
                HostileTokens.of(key, NOW).withIssuer("https://issuer.example").withAudience("tickets");

        assertThat(verifier.verify(hostile.good()).toCompletableFuture())
                .as("the good one")
                .isCompleted();
        assertThat(hostile.all()).containsKeys("claims: no iss", "claims: no aud");
        assertThat(notRefused(verifier, hostile.all())).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void refusesThemWhenTheGoodOneIsRemembered(SignatureAlgorithm algorithm) {
        JwtVerifier verifier = verifier(KeySource.fixed(TestKeys.of(algorithm)));
        String good = HostileTokens.of(TestKeys.of(algorithm), NOW).good();
        assertThat(verifier.verify(good)
                        .toCompletableFuture()
                        .join()
                        .principal()
                        .userId())
                .isEqualTo("u");

        assertThat(notRefused(verifier, hostile(algorithm))).isEmpty();
    }

    /** Signing all of them takes longer than refusing them. */
    private static Map<String, String> hostile(SignatureAlgorithm algorithm) {
        return TABLES.computeIfAbsent(
                algorithm, one -> HostileTokens.of(TestKeys.of(one), NOW).all());
    }

    private static JwtVerifier verifier(KeySource keys) {
        return JwtVerifier.builder().keys(keys).time(new VirtualTime(NOW)).build();
    }

    /** What went wrong, by name, where a token was not refused as it should be. */
    private static Map<String, String> notRefused(JwtVerifier verifier, Map<String, String> hostile) {
        Map<String, String> wrong = new LinkedHashMap<>();
        hostile.forEach((name, token) -> {
            Throwable failure = catchThrowable(
                    () -> verifier.verify(token).toCompletableFuture().join());
            if (failure == null) {
                wrong.put(name, "accepted");
                return;
            }
            GatewayException refusal = GatewayException.from(failure);
            boolean quiet = refusal.getCause() == null && refusal.getMessage().length() < 40;
            if (!REFUSALS.contains(refusal.code()) || !quiet) {
                wrong.put(name, failure.toString());
            }
        });
        return wrong;
    }
}
