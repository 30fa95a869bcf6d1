package io.tollgate.auth.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import io.tollgate.auth.testkit.TestKeys;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and key sets as text: every kind that is read, and what is rejected. */
class KeyFormsTest {
    private static final String SECRET = "A".repeat(64);
    private static final byte[] INPUT = "a.b".getBytes(US_ASCII);

    // Ed25519

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void publishesAnEd25519KeyWithTheSignOfItsPoint(boolean odd) {
        KeyPair pair = TestKeys.newPair(SignatureAlgorithm.EdDSA);
        while (((EdECPublicKey) pair.getPublic()).getPoint().isXOdd() != odd) {
            pair = TestKeys.newPair(SignatureAlgorithm.EdDSA);
        }
        TokenKey signing = TokenKey.pair(SignatureAlgorithm.EdDSA, pair);

        TokenKey published = Jwks.published(KeySet.of(signing).toPublicJwks()).get(0);

        assertThat(published.verifies(INPUT, signing.sign(INPUT))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 31, 33, 64})
    void readsNoEd25519KeyOfAnotherLength(int bytes) {
        String x = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[bytes]);

        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Jwks.trusted("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + x + "\"}", Optional.empty()))
                .withMessage("not readable (expected: oct, RSA, EC or OKP)");
    }

    @Test
    void readsAPrivateEd25519Key() {
        // RFC 8037, appendix A.1
        String jwk = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"a\","
                + "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\","
                + "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";

        TokenKey key = Jwks.trusted(jwk, Optional.empty()).get(0);

        assertThat(key).hasToString("TokenKey[kid=a, algorithm=EdDSA, signs]");
        assertThat(key.verifies(INPUT, key.sign(INPUT))).isTrue();
    }

    @Test
    void readsNoOtherCurveOfItsKind() {
        OctetKeyPair x25519 = new OctetKeyPair.Builder(Curve.X25519, Base64URL.encode(new byte[32])).build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jwks.trusted(x25519.toJSONString(), Optional.empty()))
                .withMessage("kty: OKP (expected: oct, RSA, EC or OKP with Ed25519)");
    }

    @Test
    void signsWithItsOwnAlgorithmAlone() {
        EdECPublicKey key =
                (EdECPublicKey) TestKeys.pairOf(SignatureAlgorithm.EdDSA).getPublic();

        assertThat(new Ed25519.Verifier(key).supportedJWSAlgorithms()).containsExactly(SignatureAlgorithm.EdDSA.jws());
        assertThat(new Ed25519.Signer(TestKeys.pairOf(SignatureAlgorithm.EdDSA).getPrivate()).supportedJWSAlgorithms())
                .containsExactly(SignatureAlgorithm.EdDSA.jws());
    }

    // JWKs

    @Test
    void readsAPrivateEcKey() {
        KeyPair pair = TestKeys.pairOf(SignatureAlgorithm.ES256);
        String jwk = new ECKey.Builder(Curve.P_256, (ECPublicKey) pair.getPublic())
                .privateKey(pair.getPrivate())
                .build()
                .toJSONString();

        TokenKey key = Jwks.trusted(jwk, Optional.empty()).get(0);

        assertThat(key.canSign()).isTrue();
        assertThat(TestKeys.of(SignatureAlgorithm.ES256).verifies(INPUT, key.sign(INPUT)))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "'[\"sign\"]', true",
        "'[\"verify\"]', true",
        "'[\"sign\",\"verify\"]', true",
        "'[\"wrapKey\",\"verify\"]', true",
        "'[\"encrypt\"]', false",
        "'[]', false",
    })
    void readsKeysThatAreForSignatures(String operations, boolean accepted) {
        String jwk = "{\"kty\":\"oct\",\"k\":\"" + SECRET + "\",\"key_ops\":" + operations + "}";

        if (accepted) {
            assertThat(Jwks.trusted(jwk, Optional.empty())).hasSize(1);
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Jwks.trusted(jwk, Optional.empty()))
                    .withMessage("key_ops: (expected: sign or verify among them, or none)");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"keys\":7}; keys: missing or no array (expected: an array of JWKs)",
                "{\"keys\":null}; keys: missing or no array (expected: an array of JWKs)",
                "null; no JSON object (expected: a JWK or a JWK set)",
                "[]; no JSON object (expected: a JWK or a JWK set)",
                "{; no JSON object (expected: a JWK or a JWK set)",
                "{\"keys\":[7]}; keys[0]: no object (expected: a JWK)",
            })
    void saysWhatIsWrongWithASet(String json, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jwks.trusted(json, Optional.empty()))
                .withMessage(message);
    }

    @Test
    void usesTheAlgorithmThatIsSetForKeysThatNameNone() {
        String named = "{\"kty\":\"oct\",\"alg\":\"HS512\",\"k\":\"" + "A".repeat(128) + "\"}";
        String unnamed = "{\"kty\":\"oct\",\"k\":\"" + SECRET + "\"}";

        assertThat(Jwks.trusted("{\"keys\":[" + named + "," + unnamed + "]}", Optional.of(SignatureAlgorithm.HS384)))
                .extracting(TokenKey::algorithm)
                .containsExactly(SignatureAlgorithm.HS512, SignatureAlgorithm.HS384);
    }

    // PEM

    @ParameterizedTest
    @CsvSource({"RS256, RS256", "PS256, RS256", "ES256, ES256", "EdDSA, EdDSA"})
    void choosesTheUsualAlgorithmOfAPemKey(SignatureAlgorithm pair, SignatureAlgorithm usual) {
        byte[] der = TestKeys.pairOf(pair).getPublic().getEncoded();
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END PUBLIC KEY-----\n";

        assertThat(Pem.read(pem, Optional.empty()).algorithm()).isEqualTo(usual);
    }

    // Names

    @ParameterizedTest
    @CsvSource({"1, true", "256, true", "257, false", "0, false"})
    void hasANameOf1To256Characters(int length, boolean accepted) {
        assertThat(TokenKey.isKid("k".repeat(length))).isEqualTo(accepted);
    }

    @ParameterizedTest
    @CsvSource({"0x1f, false", "0x20, false", "0x21, true", "0x7e, true", "0x7f, false", "0xe9, false"})
    void hasANameOfVisibleAsciiCharacters(String character, boolean accepted) {
        assertThat(TokenKey.isKid("a" + (char) Integer.decode(character).intValue()))
                .isEqualTo(accepted);
    }

    @Test
    void takesNoNameThatNoTokenCanHave() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TestKeys.of(SignatureAlgorithm.HS256).withKid("a b"))
                .withMessage("kid: (expected: 1 to 256 visible ASCII characters)");
    }

    @Test
    void namesOneKeyOfAFileAndNoMore() {
        KeyFile named = KeyFile.of(java.nio.file.Path.of("keys.json")).withKid("mine");
        String one = "{\"kty\":\"oct\",\"k\":\"" + SECRET + "\"}";

        assertThat(named.parse(one)).extracting(TokenKey::kid).containsExactly(Optional.of("mine"));
        assertThat(named.parse("{\"keys\":[" + one + "]}"))
                .extracting(TokenKey::kid)
                .containsExactly(Optional.of("mine"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> named.parse("{\"keys\":[" + one + "," + one + "]}"))
                .withMessage("keys.json: kid: one name for 2 keys (expected: one key)");
    }

    // Equality

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void equalsAKeyOfTheSameNameAlgorithmAndMaterial(SignatureAlgorithm algorithm) {
        TokenKey key = TestKeys.of(algorithm).withKid("a");

        assertThat(key).isEqualTo(TestKeys.of(algorithm).withKid("a"));
        assertThat(key).hasSameHashCodeAs(TestKeys.of(algorithm).withKid("a"));
        assertThat(key).isNotEqualTo(TestKeys.of(algorithm).withKid("b")).isNotEqualTo(TestKeys.of(algorithm));
        assertThat(key).isNotEqualTo(TestKeys.fresh(algorithm).withKid("a"));
        assertThat(key.hashCode())
                .isNotEqualTo(TestKeys.fresh(algorithm).withKid("a").hashCode());
        assertThat(key.equals(new Object())).isFalse();
    }

    @Test
    void differsFromTheSameSecretForAnotherAlgorithm() {
        byte[] secret = TestKeys.secretOf(SignatureAlgorithm.HS512);

        assertThat(TokenKey.secret(SignatureAlgorithm.HS256, secret))
                .isNotEqualTo(TokenKey.secret(SignatureAlgorithm.HS512, secret));
    }

    @Test
    void cannotSignIfItOnlyVerifies() {
        TokenKey verifying = TokenKey.verifying(
                SignatureAlgorithm.ES256,
                TestKeys.pairOf(SignatureAlgorithm.ES256).getPublic());

        assertThatIllegalStateException()
                .isThrownBy(() -> verifying.sign(INPUT))
                .withMessage("TokenKey[kid=none, algorithm=ES256, verifies]: cannot sign (expected: a secret or a key"
                        + " pair)");
    }

    // Sets

    @Test
    void holdsSixteenKeys() {
        List<TokenKey> keys = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            keys.add(TestKeys.of(SignatureAlgorithm.HS256).withKid("k" + i));
        }

        assertThatCode(() -> KeySet.of(keys)).doesNotThrowAnyException();
        assertThat(KeySet.of(TestKeys.of(SignatureAlgorithm.HS256)))
                .hasToString("KeySet[TokenKey[kid=none, algorithm=HS256, signs]]");
    }

    @Test
    void needsASourceToUnite() {
        assertThatIllegalArgumentException()
                .isThrownBy(KeySource::all)
                .withMessage("sources: none (expected: at least one)");
    }

    @Test
    void printsNoMaterial() {
        assertThat(KeyMaterial.secret(SignatureAlgorithm.HS256, TestKeys.secretOf(SignatureAlgorithm.HS256)))
                .hasToString("KeyMaterial[redacted]");
    }

    // Hosts that are this machine

    @ParameterizedTest
    @CsvSource({
        "localhost, true",
        "LocalHost, true",
        "[::1], true",
        "127.0.0.1, true",
        "127.255.255.255, true",
        "127.0.0.256, false",
        "127.0.0, false",
        "127.0.0.1.example, false",
        "128.0.0.1, false",
        "[::2], false",
        "localhost.example, false",
    })
    void recognizesThisMachineByTheSpellingOfItsHost(String host, boolean loopback) {
        assertThat(Loopback.isLoopback(host)).isEqualTo(loopback);
    }
}
