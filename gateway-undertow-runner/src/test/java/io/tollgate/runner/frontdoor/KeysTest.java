package io.tollgate.runner.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.testkit.TestToken;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where keys come from, and what the gateway publishes of them. */
class KeysTest {
    private static final String JWKS = "/.well-known/jwks.json";
    private static final String TICKETS = "/api/v1/tickets/rock-2026/purchase";

    @TempDir
    Path folder;

    @Test
    void publishesThePublicPartsOfItsKeysAndNothingElse() throws Exception {
        Path file = folder.resolve("keys.json");
        String jwk = KeyPairs.jwk("key-1");
        KeyPairs.write(file, jwk);
        try (Deployment deployment = Deployment.builder()
                .with(
                        "JWT_KEYS",
                        "[{file: \"" + file + "\", signs: true}, {kid: shared, secret: \"" + Deployment.SECRET + "\"}]")
                .start()) {
            Answer answer = deployment.client().get(JWKS);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).isEqualTo("application/json");
            assertThat(answer.header("Cache-Control")).isEqualTo("public, max-age=300");
            assertThat(answer.header("X-Request-Id")).isNotEmpty();
            assertThat(answer.header("X-RateLimit-Limit")).isNotEmpty();
            assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
            assertThat(answer.json().get("keys")).singleElement().satisfies(key -> {
                assertThat(key.get("kid").asText()).isEqualTo("key-1");
                assertThat(key.get("kty").asText()).isEqualTo("OKP");
                assertThat(key.get("alg").asText()).isEqualTo("EdDSA");
                assertThat(key.has("d")).isFalse();
                assertThat(key.has("k")).isFalse();
            });
            assertThat(deployment
                            .client()
                            .send("HEAD", JWKS, BodyPublishers.noBody())
                            .status())
                    .isEqualTo(200);
            assertThat(deployment.client().post(JWKS, "{}").code()).isEqualTo("METHOD_NOT_ALLOWED");
        }
    }

    @Test
    void publishesNothingOfASecret() throws Exception {
        try (Deployment deployment = Deployment.start()) {
            assertThat(deployment.client().get(JWKS).body()).isEqualTo("{\"keys\":[]}");
        }
    }

    @Test
    void acceptsTheTokensOfAnotherGatewayByItsPublishedKeys() throws Exception {
        Path file = folder.resolve("keys.json");
        String first = KeyPairs.jwk("key-1");
        KeyPairs.write(file, first);
        try (Deployment issuer = Deployment.builder()
                        .gatewayIssues()
                        .without("JWT_SECRET_KEY")
                        .with("JWT_KEYS", "[{file: \"" + file + "\", signs: true}]")
                        .with("JWT_KEY_FILE_REFRESH", "50ms")
                        .start();
                Deployment verifier = Deployment.builder()
                        .without("JWT_SECRET_KEY")
                        .with("JWT_JWKS_URL", "http://127.0.0.1:" + issuer.port() + JWKS)
                        .with("JWT_JWKS_REFRESH", "1s")
                        .start()) {
            JsonNode session = issuer.client()
                    .post(
                            "/api/v1/users/register",
                            "{\"email\":\"a@example.org\",\"username\":\"ann\",\"password\":\"correct horse\"}")
                    .json();
            String token = session.get("accessToken").asText();
            assertThat(buy(verifier, token).status()).isEqualTo(200);
            assertThat(verifier.client().get(JWKS).body())
                    .as("what another publishes is not the verifier's own")
                    .isEqualTo("{\"keys\":[]}");

            KeyPairs.write(file, KeyPairs.jwk("key-2"), first);

            String[] refreshToken = {session.get("refreshToken").asText()};
            Awaitility.await().untilAsserted(() -> {
                JsonNode pair = issuer.client()
                        .post("/api/v1/users/refresh", "{\"refreshToken\":\"" + refreshToken[0] + "\"}")
                        .json();
                refreshToken[0] = pair.get("refreshToken").asText();
                String next = pair.get("accessToken").asText();
                assertThat(RotationTest.kid(next)).isEqualTo("key-2");
                assertThat(buy(verifier, next).status()).isEqualTo(200);
            });
            assertThat(buy(verifier, token).status()).isEqualTo(200);
        }
    }

    @Test
    void retiresAKeyAtItsTime() throws Exception {
        Instant past = Instant.now().minus(1, ChronoUnit.HOURS);
        Instant future = Instant.now().plus(1, ChronoUnit.HOURS);
        String retired = "a secret of these tests, which has retired already";
        String leaving = "a secret of these tests, which is going to retire";
        try (Deployment deployment = Deployment.builder()
                .with(
                        "JWT_KEYS",
                        "[{secret: \"" + retired + "\", retire_at: \"" + past + "\"}, {secret: \"" + leaving
                                + "\", retire_at: \"" + future + "\"}]")
                .start()) {
            assertThat(buy(deployment, signed(retired, claims())).code()).isEqualTo("INVALID_TOKEN");
            assertThat(buy(deployment, signed(leaving, claims())).status()).isEqualTo(200);
            assertThat(buy(deployment, signed(Deployment.SECRET, claims())).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void acceptsTokensOfTheFormerUserServiceOnlyWhereToldTo() throws Exception {
        String legacy = legacy(Instant.now().plus(10, ChronoUnit.MINUTES));
        try (Deployment strict = Deployment.start();
                Deployment lenient = Deployment.builder()
                        .with("JWT_ACCEPT_LEGACY_CLAIMS", "true")
                        .start()) {
            assertThat(buy(strict, legacy).code()).isEqualTo("INVALID_TOKEN");
            assertThat(buy(lenient, legacy).json().at("/ticket/userId").asText())
                    .isEqualTo("user-7");
            assertThat(buy(lenient, legacy(Instant.now().minus(10, ChronoUnit.MINUTES)))
                            .code())
                    .isEqualTo("TOKEN_EXPIRED");
        }
    }

    @Test
    void holdsTokensToIssuerAudienceAndSize() throws Exception {
        try (Deployment deployment = Deployment.builder()
                .with("JWT_ISSUER", "https://users.example")
                .with("JWT_AUDIENCE", "tickets")
                .with("JWT_MAX_TOKEN_SIZE", "1KiB")
                .start()) {
            String right = ",\"iss\":\"https://users.example\",\"aud\":[\"tickets\",\"other\"]";

            assertThat(buy(deployment, signed(Deployment.SECRET, claims(right))).status())
                    .isEqualTo(200);
            assertThat(buy(deployment, signed(Deployment.SECRET, claims(",\"iss\":\"https://users.example\"")))
                            .code())
                    .isEqualTo("INVALID_TOKEN");
            assertThat(buy(deployment, signed(Deployment.SECRET, claims(right.replace("users", "evil"))))
                            .code())
                    .isEqualTo("INVALID_TOKEN");
            assertThat(buy(
                                    deployment,
                                    signed(Deployment.SECRET, claims(right + ",\"pad\":\"" + "x".repeat(900) + "\"")))
                            .code())
                    .isEqualTo("INVALID_TOKEN_FORMAT");
        }
    }

    private static String legacy(Instant expiredAt) {
        return signed(
                Deployment.SECRET,
                "{\"id\":\"5b2e\",\"user_id\":\"user-7\",\"username\":\"ada\",\"issued_at\":\""
                        + expiredAt.minus(15, ChronoUnit.MINUTES) + "\",\"expired_at\":\"" + expiredAt + "\"}");
    }

    private static String claims(String... more) {
        return "{\"user_id\":\"u\",\"exp\":" + (Instant.now().getEpochSecond() + 600) + String.join("", more) + "}";
    }

    private static String signed(String secret, String claims) {
        return TestToken.sign(
                TokenKey.secret(SignatureAlgorithm.HS256, secret.getBytes(UTF_8)),
                "{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
                claims);
    }

    private static Answer buy(Deployment deployment, String token) {
        return deployment.client().post(TICKETS, "{}", "Authorization", "Bearer " + token);
    }
}
