package io.tollgate.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.token.AccessToken;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.auth.testkit.TestToken;
import io.tollgate.testkit.VirtualTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LegacyClaimsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final String GOOD = legacy("2026-11-22T11:59:00Z", "2026-11-22T12:15:00.123456789Z");

    private final VirtualTime time = new VirtualTime(NOW);
    private final JwtVerifier accepting = verifier(SignatureAlgorithm.HS256, true);

    @Test
    void acceptsATokenOfTheFormerUserService() {
        AccessToken token = verify(accepting, SignatureAlgorithm.HS256, GOOD);

        assertThat(token.principal().userId()).isEqualTo("user-1");
        assertThat(token.principal().claims()).containsOnlyKeys("username").containsEntry("username", "ada");
        assertThat(token.id()).contains("5b2e");
        assertThat(token.expiresAt()).isEqualTo(Instant.parse("2026-11-22T12:15:00Z"));
    }

    @Test
    void readsTimesWithAnOffsetOrAsSeconds() {
        assertThat(verify(
                                accepting,
                                SignatureAlgorithm.HS256,
                                legacy("2026-11-22T18:59:00+07:00", "2026-11-22T19:15:00+07:00"))
                        .expiresAt())
                .isEqualTo(Instant.parse("2026-11-22T12:15:00Z"));
        String seconds = "{\"user_id\":\"u\",\"issued_at\":" + (NOW.getEpochSecond() - 5) + ",\"expired_at\":"
                + (NOW.getEpochSecond() + 5) + "}";
        assertThat(verify(accepting, SignatureAlgorithm.HS256, seconds).expiresAt())
                .isEqualTo(NOW.plusSeconds(5));
    }

    @Test
    void refusesItUnlessToldToAccept() {
        assertThat(refusal(verifier(SignatureAlgorithm.HS256, false), SignatureAlgorithm.HS256, GOOD))
                .isEqualTo(CommonError.INVALID_TOKEN);
    }

    @Test
    void enforcesTheFormerExpiry() {
        assertThat(refusal(accepting, SignatureAlgorithm.HS256, legacy("2026-11-22T11:00:00Z", "2026-11-22T11:59:30Z")))
                .isEqualTo(CommonError.TOKEN_EXPIRED);
    }

    /** 15 minutes in nanoseconds, multiplied by a second once more, do not fit into 64 bits. */
    @ParameterizedTest
    @ValueSource(strings = {"-2095065818", "\"1903-08-12T00:00:00Z\""})
    void refusesAnExpiryThatOverflowed(String expiredAt) {
        assertThat(refusal(accepting, SignatureAlgorithm.HS256, "{\"user_id\":\"u\",\"expired_at\":" + expiredAt + "}"))
                .isEqualTo(CommonError.INVALID_TOKEN);
    }

    @Test
    void refusesOneIssuedInTheFuture() {
        assertThat(refusal(accepting, SignatureAlgorithm.HS256, legacy("2026-11-22T12:00:31Z", "2026-11-22T12:15:00Z")))
                .isEqualTo(CommonError.INVALID_TOKEN);
    }

    @Test
    void letsExpDecideWhereATokenHasBoth() {
        String both = "{\"user_id\":\"u\",\"exp\":" + (NOW.getEpochSecond() - 60)
                + ",\"expired_at\":\"2026-11-22T12:15:00Z\"}";

        assertThat(refusal(accepting, SignatureAlgorithm.HS256, both)).isEqualTo(CommonError.TOKEN_EXPIRED);
    }

    @Test
    void acceptsThemWithHs256Only() {
        for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
            if (algorithm != SignatureAlgorithm.HS256) {
                assertThat(refusal(verifier(algorithm, true), algorithm, GOOD)).isEqualTo(CommonError.INVALID_TOKEN);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "\"\"",
                "\"tomorrow\"",
                "true",
                "1.5",
                "[]",
                "\"2026-11-22\"",
                "\"2026-11-22T12:15:00\"",
                "\"+999999999-12-31T23:59:59Z\"",
                "\"-0001-01-01T00:00:00Z\"",
                "-1",
                "9223372036854775807"
            })
    void refusesAFormerExpiryThatIsNoTime(String expiredAt) {
        assertThat(refusal(accepting, SignatureAlgorithm.HS256, "{\"user_id\":\"u\",\"expired_at\":" + expiredAt + "}"))
                .isEqualTo(CommonError.INVALID_TOKEN);
    }

    private JwtVerifier verifier(SignatureAlgorithm algorithm, boolean accept) {
        return JwtVerifier.builder()
                .keys(KeySource.fixed(TestKeys.of(algorithm)))
                .acceptLegacyClaims(accept)
                .time(time)
                .build();
    }

    private static String legacy(String issuedAt, String expiredAt) {
        return "{\"id\":\"5b2e\",\"user_id\":\"user-1\",\"username\":\"ada\",\"issued_at\":\"" + issuedAt
                + "\",\"expired_at\":\"" + expiredAt + "\"}";
    }

    private static AccessToken verify(JwtVerifier verifier, SignatureAlgorithm algorithm, String claims) {
        String token =
                TestToken.sign(TestKeys.of(algorithm), "{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}", claims);
        return verifier.verify(token).toCompletableFuture().join();
    }

    private static ErrorCode refusal(JwtVerifier verifier, SignatureAlgorithm algorithm, String claims) {
        Throwable failure = catchThrowable(() -> verify(verifier, algorithm, claims));
        assertThat(failure).as("the refusal of %s", claims).isNotNull();
        return GatewayException.from(failure).code();
    }
}
