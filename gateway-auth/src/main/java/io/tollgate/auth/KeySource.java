package io.tollgate.auth;

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

    /** The same keys for ever. */
    static KeySource of(KeySet keys) {
        CompletionStage<KeySet> stage = CompletableFuture.completedStage(keys);
        return kid -> stage;
    }

    /** The same keys for ever; the first that can sign signs. */
    static KeySource of(TokenKey... keys) {
        return of(KeySet.of(keys));
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
