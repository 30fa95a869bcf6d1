package io.tollgate.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tollgate.testkit.TestAuthority;
import io.tollgate.testkit.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys in the resources were written by openssl. */
class PemTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create("Test authority");

    static String resource(String name) {
        try (InputStream in = PemTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"rsa-pkcs1.pem, rsa-pkcs8.pem", "ec-sec1.pem, ec-pkcs8.pem", "ec384-sec1.pem, ec384-pkcs8.pem"})
    void readsOlderFormsAsTheKeyThatPkcs8Has(String older, String pkcs8) {
        assertThat(numberOf(Pem.privateKey(resource(older)))).isEqualTo(numberOf(Pem.privateKey(resource(pkcs8))));
    }

    /** The JDK compares EC keys by their encoding, which may hold the public key or not. */
    private static BigInteger numberOf(PrivateKey key) {
        return key instanceof ECPrivateKey ec ? ec.getS() : ((RSAPrivateKey) key).getPrivateExponent();
    }

    @Test
    void readsEdwardsKeys() {
        assertThat(Pem.privateKey(resource("ed25519.pem")).getAlgorithm()).isEqualTo("EdDSA");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ec-encrypted.pem", "rsa-pkcs1-encrypted.pem"})
    void saysThatAKeyIsEncryptedAndHowItWouldBeRight(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pem.privateKey(resource(name)))
                .withMessage("the private key is encrypted"
                        + " (expected: a key that is not encrypted, as openssl pkcs8 -topk8 -nocrypt writes)");
    }

    @Test
    void readsAChainInItsOrderAmongOtherTextAndAKey() {
        TestCertificate issued = AUTHORITY.intermediate("Intermediate").issue("localhost");
        String pem =
                "subject=localhost\r\n" + issued.keyPem() + issued.chainPem().replace("\n", "\r\n") + "\n";

        assertThat(Pem.certificates(pem)).isEqualTo(issued.chain()).hasSize(2);
        assertThat(Pem.privateKey(pem)).isEqualTo(issued.key());
    }

    @Test
    void rejectsABundleThatEndsInTheMiddle() {
        String pem = AUTHORITY.pem() + AUTHORITY.pem();

        for (int length = AUTHORITY.pem().length() + 30; length < pem.length() - 2; length += 7) {
            String half = pem.substring(0, length);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Pem.certificates(half))
                    .withMessageContaining("begins and does not end");
        }
    }

    @Test
    void rejectsTextWithoutACertificateOrKeyAndSeveralKeys() {
        String key = resource("ec-pkcs8.pem");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pem.certificates(key))
                .withMessage("no certificate (expected: -----BEGIN CERTIFICATE-----)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pem.privateKey(AUTHORITY.pem()))
                .withMessage("0 private keys (expected: one, -----BEGIN PRIVATE KEY-----)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pem.privateKey(key + key))
                .withMessageStartingWith("2 private keys");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa-pkcs1.pem", "rsa-pkcs8.pem", "ec-sec1.pem", "ec-pkcs8.pem", "ed25519.pem"})
    void damagedKeysAreRejectedWithoutAWordOfThem(String name) {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String pem = resource(name);
        String body = pem.substring(pem.lastIndexOf("KEY-----", pem.length() - 40));
        for (int i = 0; i < 500; i++) {
            StringBuilder damaged = new StringBuilder(pem);
            int at = random.nextInt(pem.length());
            if (random.nextBoolean()) {
                damaged.setCharAt(at, (char) (' ' + random.nextInt(95)));
            } else {
                damaged.delete(at, Math.min(pem.length(), at + 1 + random.nextInt(40)));
            }
            try {
                Pem.privateKey(damaged.toString());
            } catch (IllegalArgumentException e) {
                for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                    for (String line : body.lines()
                            .filter(l -> l.length() > 20 && !l.startsWith("-----"))
                            .toList()) {
                        assertThat(String.valueOf(cause.getMessage()))
                                .as("seed %d", seed)
                                .doesNotContain(line.substring(0, 20));
                    }
                }
            }
        }
    }

    @Test
    void knowsWhichKeyIsThatOfACertificate() {
        TestCertificate one = AUTHORITY.issue("localhost");
        TestCertificate other = AUTHORITY.issue("localhost");

        assertThat(Pem.match(one.key(), one.chain().get(0))).isTrue();
        assertThat(Pem.match(one.key(), other.chain().get(0))).isFalse();
        assertThat(Pem.match(
                        Pem.privateKey(resource("rsa-pkcs8.pem")), one.chain().get(0)))
                .isFalse();
        assertThat(Pem.match(
                        Pem.privateKey(resource("ed25519.pem")), one.chain().get(0)))
                .isFalse();
    }
}
