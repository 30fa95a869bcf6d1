package io.tollgate.runner.frontdoor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.testkit.HostileTokens;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.auth.testkit.TestToken;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every token that must be refused, sent to a gateway whose key is in a file: 401, and never more than that. */
class HostileTokensTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void refusesEveryHostileTokenThroughHttp(SignatureAlgorithm algorithm) throws Exception {
        try (Deployment deployment = Deployment.builder()
                .without("JWT_SECRET_KEY")
                .with("JWT_KEYS", "[{algorithm: " + algorithm + ", file: \"" + keyFile(algorithm) + "\"}]")
                .with("AUTH_BRUTE_FORCE_ENABLED", "false")
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "1000000")
                .start()) {
            Instant now = Instant.now();
            assertThat(purchase(
                                    deployment,
                                    HostileTokens.of(TestKeys.of(algorithm), now)
                                            .good())
                            .status())
                    .as("the good one")
                    .isEqualTo(200);
            // Those of the table that are bad by a second must stay bad while the test runs, and iat be ahead by more.
            Map<String, String> hostile =
                    HostileTokens.of(TestKeys.of(algorithm), now).all();

            Map<String, String> wrong = new LinkedHashMap<>();
            int sent = 0;
            for (Map.Entry<String, String> token : hostile.entrySet()) {
                if (dependsOnTheSecond(token.getKey(), now) || isPaddedBySpace(token.getKey())) {
                    continue;
                }
                sent++;
                RawConnection.Response answer = purchase(deployment, token.getValue());
                if (!isRefused(answer, token.getValue())) {
                    wrong.put(token.getKey(), answer.status() + " " + answer.body());
                }
            }

            assertThat(wrong).isEmpty();
            assertThat(sent).isGreaterThan(200);
        }
    }

    @Test
    void rejectsTheTwinOfARevokedToken() throws Exception {
        try (Deployment deployment = Deployment.builder()
                .gatewayIssues()
                .with("JWT_REVOCATION", "true")
                .with("JWT_KEYS", "[{file: \"" + keyFile(SignatureAlgorithm.ES256) + "\"}]")
                .start()) {
            String token = HostileTokens.of(TestKeys.of(SignatureAlgorithm.ES256), Instant.now())
                    .good();
            String twin = TestToken.twin(token);
            assertThat(purchase(deployment, twin).status())
                    .as("a second valid signature")
                    .isEqualTo(200);

            Answer loggedOut = deployment
                    .client()
                    .post("/api/v1/users/logout", "{\"refreshToken\":\"none\"}", "Authorization", "Bearer " + token);

            assertThat(loggedOut.status()).isEqualTo(204);
            assertThat(purchase(deployment, token).status()).isEqualTo(401);
            assertThat(purchase(deployment, twin).status()).isEqualTo(401);
        }
    }

    /** The table puts these 31 seconds ahead, which clock skew allows one second later. */
    private static boolean dependsOnTheSecond(String name, Instant now) {
        return name.endsWith(" " + (now.getEpochSecond() + 31));
    }

    /** RFC 9110, section 5.5: space around a field's value is no part of it, so these are the good token. */
    private static boolean isPaddedBySpace(String name) {
        return name.equals("leading space") || name.equals("trailing space");
    }

    /** 401 with its challenge; what no header can carry is refused as a request, before anybody reads a token. */
    private static boolean isRefused(RawConnection.Response answer, String token) {
        if (answer.status() == 400) {
            return !isHeaderValue(token) || token.length() > 100_000;
        }
        return answer.status() == 401
                && answer.headers().getOrDefault("www-authenticate", "").startsWith("Bearer")
                && answer.body().contains("\"error\":\"AUTHENTICATION_ERROR\"");
    }

    /** RFC 9110, section 5.5. */
    private static boolean isHeaderValue(String token) {
        return token.chars().allMatch(c -> c == '\t' || (c >= ' ' && c <= 0xff && c != 0x7f));
    }

    private static RawConnection.Response purchase(Deployment deployment, String token) throws IOException {
        try (RawConnection connection = new RawConnection(deployment.port())) {
            try {
                connection.send("POST /api/v1/tickets/rock-2026/purchase HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        + "Content-Length: 0\r\nAuthorization: Bearer " + token + "\r\n\r\n");
            } catch (SocketException e) {
                // The server has answered and closed in the middle of a head that is too large.
                assertThat(token.length()).isGreaterThan(100_000);
            }
            try {
                return connection.read();
            } catch (SocketException | EOFException e) {
                assertThat(token.length()).isGreaterThan(100_000);
                return new RawConnection.Response(400, Map.of(), "closed");
            }
        }
    }

    /** The key in a file: PEM for a pair, a JWK for a secret. */
    private Path keyFile(SignatureAlgorithm algorithm) throws IOException {
        String content = algorithm.isSymmetric()
                ? "{\"kty\":\"oct\",\"k\":\""
                        + Base64.getUrlEncoder().withoutPadding().encodeToString(TestKeys.secretOf(algorithm)) + "\"}"
                : "-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII))
                                .encodeToString(
                                        TestKeys.pairOf(algorithm).getPublic().getEncoded())
                        + "\n-----END PUBLIC KEY-----\n";
        return Files.writeString(folder.resolve("key"), content);
    }
}
