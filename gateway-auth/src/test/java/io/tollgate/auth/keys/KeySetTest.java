package io.tollgate.auth.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.util.JSONObjectUtils;
import io.tollgate.auth.testkit.TestKeys;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeySetTest {
    @Test
    void publishesPublicKeysAndNothingElse() throws Exception {
        KeySet keys = KeySet.of(
                TestKeys.of(SignatureAlgorithm.HS256).withKid("secret"),
                TestKeys.of(SignatureAlgorithm.RS256).withKid("rsa"),
                TestKeys.of(SignatureAlgorithm.ES256).withKid("ec"),
                TestKeys.of(SignatureAlgorithm.EdDSA).withKid("ed"));

        Map<String, Object>[] published =
                JSONObjectUtils.getJSONObjectArray(JSONObjectUtils.parse(keys.toPublicJwks()), "keys");

        assertThat(published).extracting(key -> key.get("kid")).containsExactly("rsa", "ec", "ed");
        assertThat(published[0].keySet()).isEqualTo(Set.of("kty", "kid", "use", "alg", "n", "e"));
        assertThat(published[1].keySet()).isEqualTo(Set.of("kty", "kid", "use", "alg", "crv", "x", "y"));
        assertThat(published[2].keySet()).isEqualTo(Set.of("kty", "kid", "use", "alg", "crv", "x"));
    }

    @Test
    void publishesKeysThatVerifyWhatThePrivateOnesSign() {
        for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
            if (!algorithm.isSymmetric()) {
                TokenKey key = TestKeys.of(algorithm).withKid("a");

                assertThat(Jwks.published(KeySet.of(key).toPublicJwks())).containsExactly(key);
            }
        }
    }

    @Test
    void publishesEveryEd25519KeyInFullLength() {
        for (int i = 0; i < 100; i++) {
            TokenKey key = TestKeys.fresh(SignatureAlgorithm.EdDSA).withKid("a");

            assertThat(Jwks.published(KeySet.of(key).toPublicJwks())).containsExactly(key);
        }
    }

    @Test
    void signsWithTheFirstKeyThatCan() {
        TokenKey publicOnly = TokenKey.verifying(
                SignatureAlgorithm.ES256,
                TestKeys.pairOf(SignatureAlgorithm.ES256).getPublic());
        TokenKey first = TestKeys.of(SignatureAlgorithm.HS256);
        TokenKey second = TestKeys.of(SignatureAlgorithm.RS256);

        assertThat(KeySet.of(publicOnly, first, second).signing()).contains(first);
        assertThat(KeySet.of(publicOnly).signing()).isEmpty();
    }

    @Test
    void refusesKeysThatDoNotFitTheirAlgorithm() throws Exception {
        KeyPair rsa = TestKeys.pairOf(SignatureAlgorithm.RS256);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        KeyPair small = generator.generateKeyPair();
        KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
        curve.initialize(new ECGenParameterSpec("secp384r1"));
        KeyPair p384 = curve.generateKeyPair();
        KeyPair ed448 = KeyPairGenerator.getInstance("Ed448").generateKeyPair();

        assertThatThrownBy(() -> TokenKey.pair(SignatureAlgorithm.ES256, rsa))
                .hasMessage("key: RSA (expected: an EC key for ES256)");
        assertThatThrownBy(() -> TokenKey.pair(SignatureAlgorithm.HS256, rsa))
                .hasMessage("algorithm: HS256 (expected: RS256, PS256, ES256 or EdDSA for a key pair)");
        assertThatThrownBy(() -> TokenKey.pair(SignatureAlgorithm.RS256, small))
                .hasMessage("key: RSA of 1024 bits (expected: 2048 to 8192)");
        assertThatThrownBy(() -> TokenKey.verifying(SignatureAlgorithm.ES256, p384.getPublic()))
                .hasMessage("key: EC (expected: the curve P-256 for ES256)");
        assertThatThrownBy(() -> TokenKey.verifying(SignatureAlgorithm.EdDSA, ed448.getPublic()))
                .hasMessage("key: Ed448 (expected: Ed25519 for EdDSA)");
        assertThatThrownBy(() -> TokenKey.secret(SignatureAlgorithm.RS256, new byte[64]))
                .hasMessage("algorithm: RS256 (expected: HS256, HS384 or HS512 for a secret)");
        for (Map.Entry<SignatureAlgorithm, Integer> least : Map.of(
                        SignatureAlgorithm.HS256, 32, SignatureAlgorithm.HS384, 48, SignatureAlgorithm.HS512, 64)
                .entrySet()) {
            assertThatThrownBy(() -> TokenKey.secret(least.getKey(), new byte[least.getValue() - 1]))
                    .hasMessageContaining("(expected: at least " + least.getValue() + " for " + least.getKey() + ")");
        }
    }

    @Test
    void refusesMoreKeysThanATokenWithoutANameShouldBeTriedWith() {
        List<TokenKey> many = Collections.nCopies(KeySet.MAX_KEYS + 1, TestKeys.of(SignatureAlgorithm.HS256));

        assertThatThrownBy(() -> KeySet.of(many)).hasMessage("keys: 17 (expected: at most 16)");
    }

    @Test
    void mayHaveAKeyOfTheWantedAlgorithmOnly() {
        KeySet keys = KeySet.of(
                TestKeys.of(SignatureAlgorithm.HS256),
                TestKeys.of(SignatureAlgorithm.ES256).withKid("ec"));

        assertThat(keys.mayHave(KeyQuery.any())).isTrue();
        assertThat(KeySet.of().mayHave(KeyQuery.any())).isTrue();
        assertThat(keys.mayHave(query(SignatureAlgorithm.HS256, "any"))).isTrue();
        assertThat(keys.mayHave(query(SignatureAlgorithm.ES256, "any"))).isFalse();
        assertThat(keys.mayHave(query(SignatureAlgorithm.ES256, "ec"))).isTrue();
        assertThat(keys.mayHave(query(SignatureAlgorithm.HS256, "ec")))
                .as("the name is taken")
                .isFalse();
        assertThat(keys.mayHave(KeyQuery.of(SignatureAlgorithm.ES256, Optional.empty())))
                .isTrue();
        assertThat(keys.mayHave(KeyQuery.of(SignatureAlgorithm.RS256, Optional.empty())))
                .isFalse();
        assertThat(keys.names(query(SignatureAlgorithm.HS256, "ec"))).isTrue();
        assertThat(keys.names(query(SignatureAlgorithm.HS256, "any"))).isFalse();
        assertThat(keys.names(KeyQuery.of(SignatureAlgorithm.HS256, Optional.empty())))
                .isFalse();
    }

    @Test
    void acceptsAsManyKeysAndAsShortSecretsAndAsLongNamesAsItMay() {
        TokenKey key = TestKeys.of(SignatureAlgorithm.HS256);

        assertThat(KeySet.of(Collections.nCopies(KeySet.MAX_KEYS, key)).keys()).hasSize(16);
        assertThat(TokenKey.secret(SignatureAlgorithm.HS256, new byte[32]).canSign())
                .isTrue();
        assertThat(TokenKey.secret(SignatureAlgorithm.HS384, new byte[48]).canSign())
                .isTrue();
        assertThat(TokenKey.secret(SignatureAlgorithm.HS512, new byte[64]).canSign())
                .isTrue();
        assertThat(TokenKey.isKid("x".repeat(256))).isTrue();
        assertThat(TokenKey.isKid("x".repeat(257))).isFalse();
        assertThat(TokenKey.isKid("!~")).isTrue();
        assertThat(TokenKey.isKid("")).isFalse();
        assertThat(TokenKey.isKid(" ")).isFalse();
        assertThat(TokenKey.isKid("\u007f")).isFalse();
    }

    @Test
    void aQueryForANameNeedsTheAlgorithm() {
        assertThatThrownBy(() -> new KeyQuery(Optional.empty(), Optional.of("a")))
                .hasMessage("algorithm: none, with a kid (expected: the algorithm of the token)");
    }

    @Test
    void readsAPublishedSetOfBoundedSize() {
        assertThat(Jwks.published("{\"keys\":[" + "{},".repeat(127) + "7]}")).isEmpty();
        assertThatThrownBy(() -> Jwks.published("{\"keys\":[" + "{},".repeat(128) + "7]}"))
                .hasMessage("keys: 129 (expected: at most 128, usable or not)");
        assertThatThrownBy(() -> Jwks.published("{\"keys\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}"))
                .hasMessage("no JSON object (expected: a JWK or a JWK set)");
    }

    private static KeyQuery query(SignatureAlgorithm algorithm, String kid) {
        return KeyQuery.of(algorithm, Optional.of(kid));
    }

    @Test
    void leavesOutPublishedKeysThatAreSecretPrivateOrStrange() throws Exception {
        String good = TestKeys.of(SignatureAlgorithm.ES256)
                .withKid("good")
                .publicJwk()
                .orElseThrow()
                .toJSONString();
        String secret = "{\"kty\":\"oct\",\"k\":\"" + "A".repeat(64) + "\"}";
        String privateKey = new com.nimbusds.jose.jwk.RSAKey.Builder((java.security.interfaces.RSAPublicKey)
                        TestKeys.pairOf(SignatureAlgorithm.RS256).getPublic())
                .privateKey(TestKeys.pairOf(SignatureAlgorithm.RS256).getPrivate())
                .build()
                .toJSONString();

        assertThat(Jwks.published("{\"keys\":[" + secret + "," + privateKey
                        + ",7,{},{\"kty\":\"new\"},{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}," + good
                        + "]}"))
                .extracting(TokenKey::kid)
                .containsExactly(java.util.Optional.of("good"));
    }
}
