package io.tollgate.auth.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.auth.testkit.TestKeys;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AllKeysTest {
    private static final KeySource DOWN = query -> CompletableFuture.failedStage(new IOException("down"));

    private final TokenKey a = TestKeys.of(SignatureAlgorithm.HS256).withKid("a");
    private final TokenKey b = TestKeys.of(SignatureAlgorithm.ES256).withKid("b");

    @Test
    void hasTheKeysOfAllSourcesInTheirOrder() {
        KeySource both = KeySource.all(KeySource.fixed(b), KeySource.fixed(a, b));

        assertThat(join(both.keys(KeyQuery.any())).keys()).containsExactly(b, a);
        assertThat(join(both.keys(KeyQuery.any())).signing()).contains(b);
    }

    @Test
    void followsASourceThatChanges() {
        LocalKeys changing = LocalKeys.builder().keys(a).build();
        KeySource both = KeySource.all(changing, KeySource.fixed(b));
        assertThat(join(both.keys(query("a"))).keys()).containsExactly(a, b);

        changing.replace(KeySet.of());

        assertThat(join(both.keys(query("a"))).keys()).containsExactly(b);
    }

    @Test
    void answersTheSameSetWhileNothingChanges() {
        KeySource both = KeySource.all(KeySource.fixed(a), KeySource.fixed(b));

        assertThat(join(both.keys(query("a")))).isSameAs(join(both.keys(query("b"))));
    }

    @Test
    void sendsNobodyToLookForAKeyThatIsAtHand() {
        AtomicInteger searches = new AtomicInteger();
        KeySource searching = query -> {
            searches.addAndGet(query.isAny() ? 0 : 1);
            return CompletableFuture.completedStage(KeySet.of(b));
        };
        KeySource both = KeySource.all(KeySource.fixed(a), searching);

        join(both.keys(query("a")));
        assertThat(searches).hasValue(0);
        join(both.keys(query("c")));
        assertThat(searches).hasValue(1);
    }

    @Test
    void doesNotWaitForASourceWhenTheKeyIsAtHand() {
        CompletableFuture<KeySet> slow = new CompletableFuture<>();
        KeySource both = KeySource.all(query -> slow, KeySource.fixed(a));

        assertThat(join(both.keys(query("a"))).keys()).containsExactly(a);
        CompletableFuture<KeySet> waiting = both.keys(query("b")).toCompletableFuture();
        assertThat(waiting).isNotDone();
        slow.complete(KeySet.of(b));
        assertThat(waiting.join().keys()).containsExactly(b, a);
    }

    @Test
    void searchesForAKeyThoughOneOfAnotherAlgorithmHasNoName() {
        CompletableFuture<KeySet> slow = new CompletableFuture<>();
        KeySource both = KeySource.all(query -> slow, KeySource.fixed(TestKeys.of(SignatureAlgorithm.HS256)));

        CompletableFuture<KeySet> waiting = both.keys(query("b")).toCompletableFuture();
        assertThat(waiting).isNotDone();
        assertThat(both.atHand(query("b"))).isEmpty();

        slow.complete(KeySet.of(b));
        assertThat(waiting.join().keys()).contains(b);
    }

    @Test
    void signsWithoutWaitingForASource() {
        KeySource both = KeySource.all(query -> new CompletableFuture<>(), KeySource.fixed(a));

        assertThat(join(both.keys(KeyQuery.any())).signing()).contains(a);
    }

    @Test
    void refreshesAllSourcesAndReturnsTheSameSetIfNothingIsNew() {
        KeySource both = KeySource.all(KeySource.fixed(a), KeySource.fixed(b));

        assertThat(join(both.refreshed(query("c")))).isSameAs(join(both.keys(query("c"))));
        assertThatThrownBy(() -> join(KeySource.all(DOWN, KeySource.fixed(TestKeys.of(SignatureAlgorithm.ES256)))
                        .refreshed(query("b"))))
                .as("the key may be that of the source that is down")
                .hasRootCauseMessage("down");
    }

    @Test
    void failsOnlyWhereTheKeyMayBeThatOfASourceThatIsDown() {
        KeySource both = KeySource.all(DOWN, KeySource.fixed(a));

        assertThat(join(both.keys(query("a"))).keys()).containsExactly(a);
        assertThat(join(both.keys(KeyQuery.any())).keys()).containsExactly(a);
        assertThatThrownBy(() -> join(both.keys(query("b")))).hasRootCauseMessage("down");
        assertThatThrownBy(() -> join(KeySource.all(DOWN, DOWN).keys(KeyQuery.any())))
                .hasRootCauseMessage("down");
    }

    @Test
    void usesAKeyThatOneSourceFindsThoughAnotherIsDown() {
        CompletableFuture<KeySet> slow = new CompletableFuture<>();
        KeySource both = KeySource.all(DOWN, query -> slow);
        CompletableFuture<KeySet> waiting = both.keys(query("b")).toCompletableFuture();
        CompletableFuture<KeySet> any = both.keys(KeyQuery.any()).toCompletableFuture();
        assertThat(waiting).isNotDone();

        slow.complete(KeySet.of(b));

        assertThat(waiting.join().keys()).containsExactly(b);
        assertThat(any.join().keys()).containsExactly(b);
    }

    @Test
    void returnsWhatIsNewThoughAnotherSourceIsDown() {
        KeySource both = KeySource.all(DOWN, KeySource.fixed(b));

        assertThat(join(both.refreshed(query("b"))).keys())
                .as("the key has the name")
                .containsExactly(b);
        assertThat(join(both.refreshed(KeyQuery.any())).keys()).containsExactly(b);
    }

    @Test
    void waitsForASourceThatMayHaveTheOnlyKeyThatSigns() {
        CompletableFuture<KeySet> slow = new CompletableFuture<>();
        TokenKey verifying = TokenKey.verifying(
                SignatureAlgorithm.ES256,
                TestKeys.pairOf(SignatureAlgorithm.ES256).getPublic());
        KeySource both = KeySource.all(KeySource.fixed(verifying), query -> slow);

        assertThat(both.atHand(KeyQuery.any())).isEmpty();
        CompletableFuture<KeySet> waiting = both.keys(KeyQuery.any()).toCompletableFuture();
        assertThat(waiting).isNotDone();
        slow.complete(KeySet.of(a));
        assertThat(waiting.join().signing()).contains(a);
    }

    private KeyQuery query(String kid) {
        return KeyQuery.of(kid.equals("a") ? a.algorithm() : b.algorithm(), Optional.of(kid));
    }

    private static KeySet join(CompletionStage<KeySet> stage) {
        return stage.toCompletableFuture().join();
    }
}
