package io.tollgate.auth.keys;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Where the keys come from, which may change while tokens are issued and verified. Implementations are thread-safe. */
@FunctionalInterface
public interface KeySource {
    /**
     * The keys that are good now. Never blocks.
     *
     * @param kid the key that is wanted, as a token that nobody has verified yet names it: a source that can look for
     *     keys it does not have should look for this one, at a bounded rate; empty where any set will do
     * @return completed at once where the keys are at hand; otherwise on a thread of the source, which dependents must
     *     not block. Fails where there are no keys to be had
     */
    CompletionStage<KeySet> keys(Optional<String> kid);

    /**
     * Returns the keys that {@link #keys} would give at once, without a search for the wanted key; empty if it would have to
     * wait or search. Never blocks, and starts no search for {@code kid}.
     *
     * <p>By default the keys that {@code keys(Optional.empty())} has at once, unless none of them can be the wanted one. A
     * source that never searches returns its set whatever the {@code kid}.
     *
     * @param kid as for {@link #keys}
     */
    default Optional<KeySet> atHand(Optional<String> kid) {
        CompletableFuture<KeySet> any = keys(Optional.empty()).toCompletableFuture();
        return any.isDone() && !any.isCompletedExceptionally()
                ? Optional.of(any.join()).filter(set -> kid.isEmpty() || set.mayKnow(kid.get()))
                : Optional.empty();
    }

    /** The same keys for ever. */
    static KeySource fixed(KeySet keys) {
        return new LocalKeys(keys);
    }

    /** The same keys for ever; the first that can sign signs. */
    static KeySource fixed(TokenKey... keys) {
        return fixed(KeySet.of(keys));
    }

    /**
     * The keys of several sources together, in their order; the first that can sign signs. A key that one of them has at
     * hand is used without asking the others; a source that fails fails the whole only where the wanted key may be its.
     *
     * @param sources at most 16 keys among them at any time; closing them stays with the caller
     */
    static KeySource all(KeySource... sources) {
        return new AllKeys(List.of(sources));
    }
}
