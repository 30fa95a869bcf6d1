package io.tollgate.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.token.AccessToken;
import io.tollgate.auth.keys.KeyQuery;
import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.auth.testkit.TestToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Tokens that none of the keys at hand has signed, from a source that can search for newer keys. */
class NewerKeysTest {
    private static final TokenKey OLD = TestKeys.fresh(SignatureAlgorithm.ES256);
    private static final TokenKey NEW = TestKeys.fresh(SignatureAlgorithm.ES256);

    @Test
    void verifiesATokenOfANewerKey() {
        Searching keys = new Searching(KeySet.of(OLD), CompletableFuture.completedStage(KeySet.of(OLD, NEW)));
        JwtVerifier verifier = verifier(keys);

        assertThat(verify(verifier, token(NEW, "new")).principal().userId()).isEqualTo("u");
        assertThat(keys.searches).containsExactly(KeyQuery.of(SignatureAlgorithm.ES256, Optional.of("new")));
        assertThat(verify(verifier, token(OLD, "old")).principal().userId()).isEqualTo("u");
        assertThat(keys.searches).as("not for a key that is at hand").hasSize(1);
    }

    @Test
    void searchesForNoNewerKeyWhereOneHasTheName() {
        Searching keys = new Searching(
                KeySet.of(OLD.withKid("a")), CompletableFuture.completedStage(KeySet.of(NEW.withKid("a"))));

        assertThat(error(verifier(keys), token(NEW, "a"))).isEqualTo(CommonError.INVALID_TOKEN);
        assertThat(keys.searches).isEmpty();
    }

    @Test
    void rejectsATokenThatNoNewerKeyHasSigned() {
        KeySet same = KeySet.of(OLD);
        String forged = token(TestKeys.fresh(SignatureAlgorithm.ES256), "new");

        assertThat(error(verifier(new Searching(same, CompletableFuture.completedStage(KeySet.of(OLD, NEW)))), forged))
                .isEqualTo(CommonError.INVALID_TOKEN);
        assertThat(error(verifier(new Searching(same, CompletableFuture.completedStage(same))), forged))
                .as("there is nothing new")
                .isEqualTo(CommonError.INVALID_TOKEN);
    }

    @Test
    void failsWhereTheSearchFails() {
        Searching keys = new Searching(KeySet.of(OLD), CompletableFuture.failedStage(new IOException("down")));

        assertThat(error(verifier(keys), token(NEW, "new"))).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
    }

    private static JwtVerifier verifier(KeySource keys) {
        return JwtVerifier.builder().keys(keys).build();
    }

    private static String token(TokenKey key, String kid) {
        return TestToken.sign(key, "{\"alg\":\"ES256\",\"kid\":\"" + kid + "\"}", "{\"sub\":\"u\",\"exp\":4000000000}");
    }

    private static AccessToken verify(JwtVerifier verifier, String token) {
        return verifier.verify(token).toCompletableFuture().join();
    }

    private static Object error(JwtVerifier verifier, String token) {
        try {
            return verify(verifier, token);
        } catch (CompletionException e) {
            return GatewayException.from(e).code();
        }
    }

    /** Records the keys that it is asked to search for. */
    private static final class Searching implements KeySource {
        private final KeySet atHand;
        private final CompletionStage<KeySet> newer;
        private final List<KeyQuery> searches = new ArrayList<>();

        Searching(KeySet atHand, CompletionStage<KeySet> newer) {
            this.atHand = atHand;
            this.newer = newer;
        }

        @Override
        public CompletionStage<KeySet> keys(KeyQuery query) {
            return CompletableFuture.completedStage(atHand);
        }

        @Override
        public CompletionStage<KeySet> refreshed(KeyQuery query) {
            searches.add(query);
            return newer;
        }
    }
}
