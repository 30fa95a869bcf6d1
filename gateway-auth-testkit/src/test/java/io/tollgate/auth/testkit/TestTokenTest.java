package io.tollgate.auth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.CommonError;
import io.tollgate.api.Principal;
import io.tollgate.api.token.AccessToken;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TestTokenTest {
    private final VirtualTime time = new VirtualTime();
    private final TokenKey key = TestKeys.of(SignatureAlgorithm.HS256);

    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void isAcceptedByAVerifierOfItsKeyAlone(SignatureAlgorithm algorithm) {
        String token = TestToken.of("ann").signedWith(TestKeys.of(algorithm).withKid("current"));

        assertThat(verify(verifier(TestKeys.of(algorithm).withKid("current")), token)
                        .principal()
                        .userId())
                .isEqualTo("ann");
        Stages.assertFails(
                CommonError.INVALID_TOKEN, verifier(TestKeys.fresh(algorithm)).verify(token));
    }

    @Test
    void hasWhatTheTestGivesIt() {
        String token = TestToken.of("ann")
                .issuedAt(time.now())
                .withIssuer("https://issuer.example")
                .withAudience("tickets")
                .withId("token-1")
                .withScopes("a", "b")
                .withRoles("admin")
                .withClaim("plan", "go\"ld\n\u00fc")
                .withClaim("limits", Map.of("seats", 2, "vip", true, "days", List.of("sat", "sun")))
                .signedWith(key);
        JwtVerifier strict = JwtVerifier.builder()
                .keys(KeySource.fixed(key))
                .issuer("https://issuer.example")
                .audience("tickets")
                .time(time)
                .build();

        AccessToken verified = verify(strict, token);

        assertThat(verified.id()).contains("token-1");
        assertThat(verified.expiresAt()).isEqualTo(time.now().plus(Duration.ofMinutes(15)));
        Principal user = verified.principal();
        assertThat(user.scopes()).isEqualTo(Set.of("a", "b"));
        assertThat(user.roles()).isEqualTo(Set.of("admin"));
        assertThat(user.claim("plan")).isEqualTo(Optional.of("go\"ld\n\u00fc"));
        assertThat(user.claims().get("limits"))
                .isEqualTo(Map.of("seats", 2L, "vip", true, "days", List.of("sat", "sun")));
    }

    @Test
    void expiresWhenTheTestSaysSo() {
        TestToken token = TestToken.of("ann").issuedAt(time.now());
        JwtVerifier verifier =
                JwtVerifier.builder().keys(KeySource.fixed(key)).time(time).build();

        Stages.assertFails(
                CommonError.TOKEN_EXPIRED,
                verifier.verify(token.expiresAt(time.now().minusSeconds(60)).signedWith(key)));
        Stages.assertFails(
                CommonError.INVALID_TOKEN,
                verifier.verify(token.withoutClaim("exp").signedWith(key)));
    }

    @Test
    void hasTheHeaderThatTheTestGivesIt() {
        String token = TestToken.of("ann").withHeader("kid", "unknown").signedWith(key.withKid("current"));

        Stages.assertFails(
                CommonError.INVALID_TOKEN, verifier(key.withKid("current")).verify(token));
    }

    @Test
    void hasATwinWithAnotherSignatureThatIsGoodToo() {
        TokenKey pair = TestKeys.of(SignatureAlgorithm.ES256);
        String token = TestToken.of("ann").signedWith(pair);

        String twin = TestToken.twin(token);

        assertThat(twin).isNotEqualTo(token);
        assertThat(verify(verifier(pair), twin).principal().userId()).isEqualTo("ann");
    }

    @Test
    void rejectsAClaimThatIsNoJson() {
        assertThatThrownBy(
                        () -> TestToken.of("ann").withClaim("at", Instant.EPOCH).signedWith(key))
                .hasMessage("value: 1970-01-01T00:00:00Z"
                        + " (expected: a string, a number, a boolean, a collection or a map)");
        assertThat(TestToken.of("ann").withClaim("private", 1)).hasToString("TestToken[sub=ann]");
    }

    @Test
    void hasKeysThatAreTheSameInOneRun() {
        assertThat(TestKeys.of(SignatureAlgorithm.RS256)).isSameAs(TestKeys.of(SignatureAlgorithm.RS256));
        assertThat(TestKeys.fresh(SignatureAlgorithm.ES256)).isNotEqualTo(TestKeys.of(SignatureAlgorithm.ES256));
        assertThat(TokenKey.secret(SignatureAlgorithm.HS512, TestKeys.secretOf(SignatureAlgorithm.HS512)))
                .isEqualTo(TestKeys.of(SignatureAlgorithm.HS512));
        assertThatThrownBy(() -> TestKeys.pairOf(SignatureAlgorithm.HS256))
                .hasMessage("algorithm: HS256 (expected: RS256, PS256, ES256 or EdDSA)");
        assertThatThrownBy(() -> TestKeys.secretOf(SignatureAlgorithm.ES256))
                .hasMessage("algorithm: ES256 (expected: HS256, HS384 or HS512)");
    }

    private static JwtVerifier verifier(TokenKey one) {
        return JwtVerifier.builder().keys(KeySource.fixed(one)).build();
    }

    private static AccessToken verify(JwtVerifier verifier, String token) {
        return Stages.await(verifier.verify(token));
    }
}
