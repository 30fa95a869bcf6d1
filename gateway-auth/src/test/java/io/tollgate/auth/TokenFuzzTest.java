package io.tollgate.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.SignedJWT;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.TimeSource;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.TokenVerifier;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Gives the verifier any text, and any header and claims that are rightly signed; Nimbus's own verifier is the reference. */
class TokenFuzzTest {
    private static final byte[] SECRET = "a-secret-of-this-test-that-is-long-enough".getBytes(US_ASCII);
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final long SKEW_SECONDS = 30;

    /** A client can send what is rejected with one of these, and learns nothing else. */
    private static final Set<CommonError> REJECTIONS =
            Set.of(CommonError.INVALID_TOKEN_FORMAT, CommonError.INVALID_TOKEN, CommonError.TOKEN_EXPIRED);

    private static final JwtVerifier VERIFIER = JwtVerifier.builder()
            .secret(new String(SECRET, US_ASCII))
            .cacheSize(0)
            .time(new TimeSource() {
                @Override
                public long nanoTime() {
                    return 0;
                }

                @Override
                public Instant now() {
                    return NOW;
                }
            })
            .build();

    @FuzzTest
    void anyTextIsVerifiedOrRejected(byte[] bytes) throws Exception {
        String token = new String(bytes, ISO_8859_1);
        VERIFIER.isCostly(token);

        AccessToken accepted = verified(VERIFIER, token);

        if (accepted != null) {
            assertAcceptable(token, accepted);
        }
    }

    /** The first line is the header, the rest are the claims. */
    @FuzzTest
    void anySignedClaimsAreVerifiedOrRejected(byte[] bytes) throws Exception {
        int line = 0;
        while (line < bytes.length && bytes[line] != '\n') {
            line++;
        }
        String token = signed(
                Arrays.copyOf(bytes, line), Arrays.copyOfRange(bytes, Math.min(line + 1, bytes.length), bytes.length));

        AccessToken accepted = verified(VERIFIER, token);

        if (accepted != null) {
            assertAcceptable(token, accepted);
            assertThat(verified(VERIFIER, token)).as("the same token again").isEqualTo(accepted);
            assertThat(verified(VERIFIER, token + "A"))
                    .as("with another signature")
                    .isNull();
        }
    }

    private static void assertAcceptable(String token, AccessToken accepted) throws ParseException, JOSEException {
        SignedJWT reference = SignedJWT.parse(token);
        assertThat(reference.getHeader().getAlgorithm().getName()).isEqualTo("HS256");
        assertThat(reference.getHeader().getCriticalParams()).isNull();
        assertThat(reference.verify(new MACVerifier(SECRET))).isTrue();
        Map<String, Object> claims = reference.getPayload().toJSONObject();
        assertThat(seconds(claims, "exp")).isGreaterThan(NOW.getEpochSecond() - SKEW_SECONDS);
        for (String name : List.of("nbf", "iat")) {
            if (claims.get(name) != null) {
                assertThat(seconds(claims, name)).as(name).isLessThanOrEqualTo(NOW.getEpochSecond() + SKEW_SECONDS);
            }
        }
        assertThat(accepted.principal().userId()).isNotBlank().isIn(claims.get("user_id"), claims.get("sub"));
    }

    private static long seconds(Map<String, Object> claims, String name) {
        assertThat(claims.get(name)).as(name).isInstanceOf(Long.class);
        return (Long) claims.get(name);
    }

    /** Returns the access token; null if it is rejected. */
    private static AccessToken verified(TokenVerifier verifier, String token) {
        CompletableFuture<AccessToken> stage = verifier.verify(token).toCompletableFuture();
        assertThat(stage).as("keys are at hand").isDone();
        try {
            return stage.join();
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOfSatisfying(GatewayException.class, rejection -> {
                assertThat(REJECTIONS).contains((CommonError) rejection.code());
                assertThat(rejection.getMessage()).doesNotContain("\n").hasSizeLessThan(100);
            });
            return null;
        }
    }

    private static String signed(byte[] header, byte[] claims) throws GeneralSecurityException {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String content = base64.encodeToString(header) + "." + base64.encodeToString(claims);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
        return content + "." + base64.encodeToString(mac.doFinal(content.getBytes(UTF_8)));
    }
}
