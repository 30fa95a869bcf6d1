package io.tollgate.runner.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.config.ConfigException;
import io.tollgate.config.ConfigProblem;
import io.tollgate.config.Secret;
import io.tollgate.runner.config.GatewayConfig.JwtKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings of tokens and keys: those that are more than a text, and what must fit together. */
class TokenSettingsTest {
    private static final String LONG_SECRET = "marked-secret-of-this-test-that-is-long-enough-for-any-of-the-hashes";

    @TempDir
    Path folder;

    @Test
    void readsKeysFromYaml() throws IOException {
        Path file = file("""
                jwt:
                  secret_key: %s
                  keys:
                    - kid: next
                      algorithm: HS512
                      secret: %s
                      signs: true
                    - kid: old
                      secret: %s
                      retire_at: 2026-12-01T00:00:00Z
                """.formatted(Samples.SECRET, LONG_SECRET, Samples.SECRET));

        List<JwtKey> keys = load(file).config().jwt().keys();

        assertThat(keys)
                .containsExactly(
                        new JwtKey(
                                Optional.of("next"),
                                Optional.of(SignatureAlgorithm.HS512),
                                Optional.empty(),
                                Optional.of(new Secret(LONG_SECRET)),
                                true,
                                Optional.empty()),
                        new JwtKey(
                                Optional.of("old"),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(new Secret(Samples.SECRET)),
                                false,
                                Optional.of(Instant.parse("2026-12-01T00:00:00Z"))));
    }

    @Test
    void readsKeysFromAVariable() {
        GatewayConfig config = ConfigLoader.load(
                        Optional.empty(),
                        Map.of("JWT_KEYS", "[{\"kid\": \"one\", \"secret\": \"" + LONG_SECRET + "\"}]"))
                .config();

        assertThat(config.jwt().secretKey()).isEmpty();
        assertThat(config.jwt().keys()).singleElement().satisfies(key -> {
            assertThat(key.kid()).contains("one");
            assertThat(key.secret()).contains(new Secret(LONG_SECRET));
        });
    }

    @Test
    void saysEverythingThatIsWrongWithKeysAtOnceEachInItsLine() throws IOException {
        Path file = file("""
                jwt:
                  keys:
                    - kid: a b
                      algorithm: HS999
                      secret: marked-short
                    - kid: none-at-all
                    - kdi: typo
                      file: nowhere.pem
                      secret: %s
                    - algorithm: RS256
                      secret: %s
                    - plain
                """.formatted(LONG_SECRET, LONG_SECRET));

        assertThat(problems(file))
                .containsExactlyInAnyOrder(
                        file + ":3: jwt.keys[0].kid: a b (expected: 1 to 256 visible ASCII characters)",
                        file + ":4: jwt.keys[0].algorithm: HS999 (expected: one of HS256, HS384, HS512, RS256, PS256,"
                                + " ES256, EdDSA)",
                        file + ":5: jwt.keys[0].secret: a secret of 12 bytes (expected: a secret of 32 to 4096 bytes)",
                        file + ":6: jwt.keys[1]: neither file nor secret (expected: one of them)",
                        file + ":7: jwt.keys[2].kdi: unknown key (did you mean kid?)",
                        file + ":7: jwt.keys[2]: both file and secret (expected: one of them)",
                        file
                                + ":10: jwt.keys[3]: a secret for RS256 (expected: HS256, HS384 or HS512, or a file with a key"
                                + " pair)",
                        file
                                + ":12: jwt.keys[4]: not a section (expected: algorithm, file, kid, retire_at, secret, signs)",
                        file + ":12: jwt.keys[4]: neither file nor secret (expected: one of them)");
    }

    @Test
    void neverShowsASecretOfAKey() throws IOException {
        Path file = file("jwt: {keys: [{kid: one, secret: " + LONG_SECRET + "}]}");

        LoadedConfig loaded = load(file);

        assertThat(loaded.settings().toString()).doesNotContain("marked");
        assertThat(loaded.config().toString()).doesNotContain("marked");
        assertThat(problems(file("jwt: {keys: [{kid: one, secret: marked-short}, {secret: [marked-2]}]}"))
                        .toString())
                .doesNotContain("marked-");
        assertThat(catchProblems(() -> ConfigLoader.load(Optional.empty(), Map.of("JWT_KEYS", "[{secret: \"marked")))
                        .toString())
                .contains("variable JWT_KEYS: jwt.keys: neither JSON nor HOCON")
                .doesNotContain("marked");
    }

    @Test
    void refusesAFileThatIsNotThereOrHoldsNoKey() throws IOException {
        Path missing = folder.resolve("missing.pem");
        Path nonsense = Files.writeString(folder.resolve("nonsense.pem"), "not a key");

        List<String> problems = problems(file("""
                jwt:
                  keys:
                    - file: %s
                    - file: %s
                """.formatted(missing, nonsense)));

        assertThat(problems).hasSize(2);
        assertThat(problems.get(0))
                .contains("jwt.keys: [0].file: " + missing + ": cannot be read (NoSuchFileException)");
        assertThat(problems.get(1)).contains("jwt.keys: [1].file: " + nonsense + ": ");
    }

    @Test
    void refusesASecretThatIsTooShortForItsAlgorithm() {
        assertThat(problems(Map.of("JWT_SECRET_KEY", Samples.SECRET, "JWT_ALGORITHM", "HS512")))
                .singleElement()
                .asString()
                .isEqualTo("variable JWT_SECRET_KEY: jwt.secret_key: a secret of " + Samples.SECRET.length()
                        + " bytes (expected with jwt.algorithm: HS512: at least 64)");
        assertThat(problems(Map.of("JWT_SECRET_KEY", Samples.SECRET, "JWT_ALGORITHM", "RS256")))
                .singleElement()
                .asString()
                .contains("jwt.algorithm: RS256 (expected: HS256, HS384 or HS512");
    }

    @Test
    void refusesToIssueWithNothingToSignWith() {
        assertThat(problems(Map.of("JWT_JWKS_URL", "https://issuer.example/keys", "AUTH_ISSUER", "gateway")))
                .singleElement()
                .asString()
                .contains("auth.issuer: gateway, with nothing to sign with (expected: jwt.secret_key, or signs: true");
    }

    @Test
    void takesKeysFromHttpsOrLoopbackOnly() {
        for (String url : List.of(
                "http://issuer.example/keys", "ftp://localhost/keys", "https://user:marked@issuer.example/", "keys")) {
            assertThat(problems(Map.of("JWT_JWKS_URL", url)))
                    .singleElement()
                    .asString()
                    .contains("jwt.jwks_url", "(expected: an https URL without user, or http on a loopback address)")
                    .doesNotContain("marked");
        }
        assertThat(ConfigLoader.load(Optional.empty(), Map.of("JWT_JWKS_URL", "http://127.0.0.1:8080/keys"))
                        .config()
                        .jwt()
                        .jwks()
                        .url())
                .isPresent();
    }

    @Test
    void refusesRulesForRoutesThatTakeNoToken() throws IOException {
        Path file = file("""
                jwt: {secret_key: %s}
                auth:
                  required_scopes:
                    /health: [read]
                    /api/v1/tickets/{event_id}/purchase: [write]
                """.formatted(Samples.SECRET));

        assertThat(problems(file))
                .containsExactly(file + ":4: auth.required_scopes./health: no route that takes a token (expected:"
                        + " /api/v1/tickets/{event_id}/purchase)");
    }

    @Test
    void warnsOfSettingsThatWillNotDoWhatIsMeant() {
        LoadedConfig loaded = ConfigLoader.load(
                Optional.empty(),
                Map.of(
                        "JWT_SECRET_KEY", Samples.SECRET,
                        "AUTH_ISSUER", "gateway",
                        "JWT_REVOCATION", "true",
                        "AUTH_REQUIRED_SCOPES", "{\"/api/v1/tickets/{event_id}/purchase\": [write]}"));

        assertThat(loaded.warnings())
                .hasSize(3)
                .anySatisfy(warning -> assertThat(warning).contains("refresh tokens are kept in this process's memory"))
                .anySatisfy(warning -> assertThat(warning).contains("auth.required_scopes", "no token"))
                .anySatisfy(warning -> assertThat(warning).contains("jwt.revocation is true and redis.enabled false"));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("config.yaml"), text);
    }

    private static LoadedConfig load(Path file) {
        return ConfigLoader.load(Optional.of(file), Map.of());
    }

    private static List<String> problems(Path file) {
        return catchProblems(() -> load(file));
    }

    private static List<String> problems(Map<String, String> environment) {
        return catchProblems(() -> ConfigLoader.load(Optional.empty(), environment));
    }

    private static List<String> catchProblems(org.assertj.core.api.ThrowableAssert.ThrowingCallable load) {
        return catchThrowableOfType(ConfigException.class, load).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
    }
}
