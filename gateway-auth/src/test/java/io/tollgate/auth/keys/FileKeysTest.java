package io.tollgate.auth.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import io.tollgate.api.Principal;
import io.tollgate.auth.CapturedLog;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.testkit.TestKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.Key;
import java.security.KeyPair;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

class FileKeysTest {
    private static final Duration OFTEN = Duration.ofMillis(10);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(names = {"RS256", "PS256", "ES256", "EdDSA"})
    void signsWithAPairAndVerifiesWithItsPublicKey(SignatureAlgorithm algorithm) throws Exception {
        KeyPair pair = TestKeys.pairOf(algorithm);
        KeyFile both = KeyFile.of(write("both.pem", pem(pair.getPrivate()) + pem(pair.getPublic())))
                .withAlgorithm(algorithm);
        KeyFile publicOnly =
                KeyFile.of(write("public.pem", pem(pair.getPublic()))).withAlgorithm(algorithm);

        try (FileKeys signing = FileKeys.builder().file(both).build();
                FileKeys verifying = FileKeys.builder().file(publicOnly).build()) {
            String token = issue(signing);

            assertThat(user(verifying, token)).isEqualTo("u");
            assertThat(now(verifying).signing()).isEmpty();
        }
    }

    @Test
    void worksOutThePublicKeyOfAnRsaKey() throws Exception {
        KeyPair pair = TestKeys.pairOf(SignatureAlgorithm.RS256);

        try (FileKeys keys = FileKeys.builder()
                .file(write("key.pem", pem(pair.getPrivate())))
                .build()) {
            assertThat(user(keys, issue(keys))).isEqualTo("u");
        }
    }

    @Test
    void namesASigningKeyByItsThumbprintAndAVerifyingOneNotAtAll() throws Exception {
        KeyPair pair = TestKeys.pairOf(SignatureAlgorithm.RS256);
        Path both = write("both.pem", pem(pair.getPrivate()));
        Path publicOnly = write("public.pem", pem(pair.getPublic()));
        String thumbprint = new RSAKey.Builder((RSAPublicKey) pair.getPublic())
                .build()
                .computeThumbprint()
                .toString();

        try (FileKeys keys = FileKeys.builder()
                .file(both)
                .file(publicOnly)
                .file(KeyFile.of(both).withKid("mine"))
                .build()) {
            assertThat(now(keys).keys())
                    .extracting(TokenKey::kid)
                    .containsExactly(Optional.of(thumbprint), Optional.empty(), Optional.of("mine"));
        }
    }

    @Test
    void readsAJwkSetWithEveryTypeOfKey() throws Exception {
        JWKSet set = new JWKSet(List.<JWK>of(
                new OctetSequenceKey.Builder(TestKeys.randomBytes(48))
                        .keyID("oct")
                        .algorithm(SignatureAlgorithm.HS384.jws())
                        .build(),
                new RSAKey.Builder((RSAPublicKey)
                                TestKeys.pairOf(SignatureAlgorithm.PS256).getPublic())
                        .privateKey((RSAPrivateKey)
                                TestKeys.pairOf(SignatureAlgorithm.PS256).getPrivate())
                        .algorithm(SignatureAlgorithm.PS256.jws())
                        .keyID("rsa")
                        .build(),
                TestKeys.of(SignatureAlgorithm.ES256).withKid("ec").publicJwk().orElseThrow(),
                TestKeys.of(SignatureAlgorithm.EdDSA).withKid("ed").publicJwk().orElseThrow()));

        try (FileKeys keys =
                FileKeys.builder().file(write("keys.json", set.toString(false))).build()) {
            assertThat(now(keys).keys())
                    .extracting(Object::toString)
                    .containsExactly(
                            "TokenKey[kid=oct, algorithm=HS384, signs]",
                            "TokenKey[kid=rsa, algorithm=PS256, signs]",
                            "TokenKey[kid=ec, algorithm=ES256, verifies]",
                            "TokenKey[kid=ed, algorithm=EdDSA, verifies]");
            assertThat(now(keys).keys().get(2))
                    .isEqualTo(TestKeys.of(SignatureAlgorithm.ES256).withKid("ec"));
            assertThat(now(keys).keys().get(3))
                    .isEqualTo(TestKeys.of(SignatureAlgorithm.EdDSA).withKid("ed"));
        }
    }

    @Test
    void rereadsAFileThatChanges() throws Exception {
        Path file = write("key.json", secretJwk("old"));
        try (FileKeys keys = FileKeys.builder().file(file).checkInterval(OFTEN).build()) {
            String token = issue(keys);

            replace(file, secretJwk("new"));

            await().untilAsserted(
                            () -> assertThat(now(keys).keys().get(0).kid()).contains("new"));
            assertThatThrownBy(() -> user(keys, token)).hasMessageContaining("The access token is invalid.");
        }
    }

    @Test
    void keepsTheLastGoodKeysWhileAFileIsBadOrGone() throws Exception {
        Path file = write("key.json", secretJwk("old"));
        try (CapturedLog log = new CapturedLog(FileKeys.class);
                FileKeys keys =
                        FileKeys.builder().file(file).checkInterval(OFTEN).build()) {
            String token = issue(keys);

            replace(file, "{\"kty\":\"oct\",\"k\":\"AAAA\"}");
            awaitLine(log, file + ": secret: 3 bytes");
            assertThat(user(keys, token)).isEqualTo("u");

            Files.delete(file);
            awaitLine(log, "NoSuchFileException: " + file);
            assertThat(user(keys, token)).isEqualTo("u");

            replace(file, secretJwk("new"));
            await().untilAsserted(
                            () -> assertThat(now(keys).keys().get(0).kid()).contains("new"));
        }
    }

    @Test
    void readsFilesOnThoughAnErrorIsThrownWhileItLogs() throws Exception {
        Path file = write("key.json", secretJwk("old"));
        Logger logger = (Logger) LoggerFactory.getLogger(FileKeys.class);
        AtomicInteger thrown = new AtomicInteger();
        AppenderBase<ILoggingEvent> failing = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                thrown.incrementAndGet();
                throw new StackOverflowError();
            }
        };
        failing.start();
        logger.addAppender(failing);
        try (FileKeys keys = FileKeys.builder().file(file).checkInterval(OFTEN).build()) {
            replace(file, "no key");
            await().until(() -> thrown.get() > 0);
            logger.detachAppender(failing);

            replace(file, secretJwk("new"));

            await().untilAsserted(
                            () -> assertThat(now(keys).keys().get(0).kid()).contains("new"));
        } finally {
            logger.detachAppender(failing);
        }
    }

    @Test
    void keepsTheLastGoodKeysWhileAFileIsNestedWithoutEnd() throws Exception {
        Path file = write("key.json", secretJwk("old"));
        try (CapturedLog log = new CapturedLog(FileKeys.class);
                FileKeys keys =
                        FileKeys.builder().file(file).checkInterval(OFTEN).build()) {
            replace(file, "{\"keys\":" + "[".repeat(200_000));
            awaitLine(log, file + ": no JSON object");

            replace(file, secretJwk("new"));
            await().untilAsserted(
                            () -> assertThat(now(keys).keys().get(0).kid()).contains("new"));
        }
    }

    private static void awaitLine(CapturedLog log, String part) {
        await().untilAsserted(() -> assertThat(log.lines()).anyMatch(line -> line.contains(part)));
    }

    @Test
    void readsAFileOf256KiBAndNoneThatIsLarger() throws Exception {
        String jwk = secretJwk("a");
        String full = jwk + " ".repeat(256 * 1024 - jwk.length());
        Path file = write("key.json", full);
        try (FileKeys keys = FileKeys.builder().file(file).build()) {
            assertThat(keys).hasToString("FileKeys[" + KeyFile.of(file) + "]");
            JwtVerifier verifier = JwtVerifier.builder().keys(keys).build();
            assertThat(verifier.isCostly(issue(keys)))
                    .as("its secret is at hand")
                    .isFalse();
        }

        write("key.json", full + " ");

        assertThatThrownBy(() -> FileKeys.builder().file(file).build())
                .hasMessageContaining(file + ": too large (expected: at most 262144 bytes)");
    }

    @Test
    void saysWhichFileIsAtFaultAndWhatWouldBeRight() throws Exception {
        KeyPair ec = TestKeys.pairOf(SignatureAlgorithm.ES256);
        String otherPublic = pem(TestKeys.newPair(SignatureAlgorithm.ES256).getPublic());

        assertThatThrownBy(() ->
                        FileKeys.builder().file(folder.resolve("none.pem")).build())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("none.pem");
        assertFault("", "PEM blocks [] (expected: PRIVATE KEY, ");
        assertFault(pem(ec.getPrivate()), "PRIVATE KEY alone (expected: PUBLIC KEY in the same file, ");
        assertFault(pem(ec.getPrivate()) + otherPublic, "the private key is not that of the public key");
        assertFault(pem(ec.getPublic()) + otherPublic, "two blocks PUBLIC KEY (expected: one key per file)");
        assertFault("{\"kty\":\"oct\",\"k\":\"AAAA\"}", "secret: 3 bytes (expected: at least 32 for HS256)");
        assertFault("{\"keys\":[{\"kty\":\"what\"}]}", "keys[0]: not readable (expected: oct, RSA, EC or OKP)");
        assertFault(
                "{\"kty\":\"oct\",\"alg\":\"none\",\"k\":\"" + "A".repeat(64) + "\"}",
                "alg: none (expected: one of [HS256, ");
        assertFault(
                "{\"kty\":\"oct\",\"use\":\"enc\",\"k\":\"" + "A".repeat(64) + "\"}",
                "use: enc (expected: sig or none)");
    }

    @Test
    void quotesNoKeyInAnError() throws Exception {
        String secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ";
        Path file = write("bad.json", "{\"kty\":\"oct\",\"k\":\"" + secret + "\",\"kid\":[7]}");

        assertThatThrownBy(() -> FileKeys.builder().file(file).build())
                .satisfies(e -> assertThat(org.assertj.core.util.Throwables.getStackTrace(e))
                        .doesNotContain(secret));
    }

    @Test
    void readsAFileOfTheLargestSizeAndNoLargerOne() throws Exception {
        String key = secretJwk("a");
        Path largest = write("largest.json", key + " ".repeat(256 * 1024 - key.length()));
        Path tooLarge = write("too-large.json", key + " ".repeat(256 * 1024 - key.length() + 1));

        try (FileKeys keys = FileKeys.builder().file(largest).build()) {
            assertThat(now(keys).keys()).hasSize(1);
        }
        assertThatThrownBy(() -> FileKeys.builder().file(tooLarge).build())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(tooLarge + ": too large (expected: at most 262144 bytes)");
    }

    @Test
    void needsAFile() {
        assertThatThrownBy(() -> FileKeys.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("files: unset (expected: file(...) before build())");
    }

    private void assertFault(String content, String message) throws IOException {
        Path file = write("bad.pem", content);
        assertThatThrownBy(() -> FileKeys.builder().file(file).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }

    private static KeySet now(KeySource keys) {
        return keys.keys(KeyQuery.any()).toCompletableFuture().join();
    }

    private static String issue(KeySource keys) {
        return JwtTokenService.builder()
                .keys(keys)
                .build()
                .issue(Principal.of("u"))
                .toCompletableFuture()
                .join()
                .accessToken();
    }

    private static String user(KeySource keys, String token) {
        return JwtVerifier.builder()
                .keys(keys)
                .build()
                .verify(token)
                .toCompletableFuture()
                .join()
                .principal()
                .userId();
    }

    private static String secretJwk(String kid) {
        return new OctetSequenceKey.Builder(TestKeys.randomBytes(32))
                .keyID(kid)
                .build()
                .toJSONString();
    }

    private static String pem(Key key) {
        String label = key.getFormat().equals("PKCS#8") ? "PRIVATE KEY" : "PUBLIC KEY";
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(key.getEncoded())
                + "\n-----END " + label + "-----\n";
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    /** As a careful operator does it: a reader sees the old file or the new one. */
    private void replace(Path file, String content) throws IOException {
        Files.move(
                write("replacement", content),
                file,
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
    }
}
