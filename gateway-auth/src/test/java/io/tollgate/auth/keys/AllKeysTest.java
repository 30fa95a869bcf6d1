package io.tollgate.auth.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AllKeysTest {
    private static final KeySource DOWN = kid -> CompletableFuture.failedStage(new IOException("down"));

    private final TokenKey a = TestKeys.of(SignatureAlgorithm.HS256).withKid("a");
    private final TokenKey b = TestKeys.of(SignatureAlgorithm.ES256).withKid("b");

    @Test
    void hasTheKeysOfAllSourcesInTheirOrder() {
        KeySource both = KeySource.all(KeySource.fixed(b), KeySource.fixed(a, b));

        assertThat(join(both.keys(Optional.empty())).keys()).containsExactly(b, a);
        assertThat(join(both.keys(Optional.empty())).signing()).contains(b);
    }

    @Test
    void followsASourceThatChanges() {
        LocalKeys changing = LocalKeys.builder().keys(a).build();
        KeySource both = KeySource.all(changing, KeySource.fixed(b));
        assertThat(join(both.keys(Optional.of("a"))).keys()).containsExactly(a, b);

        changing.replace(KeySet.of());

        assertThat(join(both.keys(Optional.of("a"))).keys()).containsExactly(b);
    }

    @Test
    void answersTheSameSetWhileNothingChanges() {
        KeySource both = KeySource.all(KeySource.fixed(a), KeySource.fixed(b));

        assertThat(join(both.keys(Optional.of("a")))).isSameAs(join(both.keys(Optional.of("b"))));
    }

    @Test
    void sendsNobodyToLookForAKeyThatIsAtHand() {
        AtomicInteger searches = new AtomicInteger();
        KeySource searching = kid -> {
            searches.addAndGet(kid.isPresent() ? 1 : 0);
            return CompletableFuture.completedStage(KeySet.of(b));
        };
        KeySource both = KeySource.all(KeySource.fixed(a), searching);

        join(both.keys(Optional.of("a")));
        assertThat(searches).hasValue(0);
        join(both.keys(Optional.of("c")));
        assertThat(searches).hasValue(1);
    }

    @Test
    void doesNotWaitForASourceWhenTheKeyIsAtHand() {
        CompletableFuture<KeySet> slow = new CompletableFuture<>();
        KeySource both = KeySource.all(kid -> slow, KeySource.fixed(a));

        assertThat(join(both.keys(Optional.of("a"))).keys()).containsExactly(a);
        CompletableFuture<KeySet> waiting = both.keys(Optional.of("b")).toCompletableFuture();
        assertThat(waiting).isNotDone();
        slow.complete(KeySet.of(b));
        assertThat(waiting.join().keys()).containsExactly(b, a);
    }

    @Test
    void failsOnlyWhereTheKeyMayBeThatOfASourceThatIsDown() {
        KeySource both = KeySource.all(DOWN, KeySource.fixed(a));

        assertThat(join(both.keys(Optional.of("a"))).keys()).containsExactly(a);
        assertThat(join(both.keys(Optional.empty())).keys()).containsExactly(a);
        assertThatThrownBy(() -> join(both.keys(Optional.of("b")))).hasRootCauseMessage("down");
        assertThatThrownBy(() -> join(KeySource.all(DOWN, DOWN).keys(Optional.empty())))
                .hasRootCauseMessage("down");
    }

    private static KeySet join(CompletionStage<KeySet> stage) {
        return stage.toCompletableFuture().join();
    }
}
