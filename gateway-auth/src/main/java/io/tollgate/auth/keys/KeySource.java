package io.tollgate.auth.keys;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Provides the keys that are valid now, which may change while tokens are issued and verified. Implementations are
 * thread-safe.
 *
 * <pre>{@code
 * KeySource keys = KeySource.all(
 *         KeySource.fixed(TokenKey.secret(SignatureAlgorithm.HS256, secret)),
 *         RemoteKeys.builder().uri(URI.create("https://issuer.example/.well-known/jwks.json")).build());
 * }</pre>
 */
@FunctionalInterface
public interface KeySource {
    /**
     * Returns the keys that are valid now. Never blocks.
     *
     * @param query the wanted key. A source that can search for keys searches for this one if none of its keys may be it,
     *     at a bounded rate
     * @return completed at once if the keys are at hand; otherwise on a thread of the source, which dependents must not
     *     block. Fails if no keys are available, or if too many callers wait for them already
     */
    CompletionStage<KeySet> keys(KeyQuery query);

    /**
     * Returns the keys after a search for newer ones, at a bounded rate: none of those that {@link #keys} returned has
     * verified the token, and none has the name of the wanted one. By default the same as {@code keys}, for sources that
     * never search.
     *
     * @param query as for {@link #keys}
     * @return as of {@link #keys}; the same object as before if there is nothing new
     */
    default CompletionStage<KeySet> refreshed(KeyQuery query) {
        return keys(query);
    }

    /**
     * Returns the keys that {@link #keys} would return at once, without a search for the wanted key; empty if it would
     * have to wait or search. Never blocks, and starts no search.
     *
     * <p>By default the keys that {@code keys(KeyQuery.any())} has at once, unless none of them can be the wanted one. A
     * source that never searches returns its set for any query.
     *
     * @param query as for {@link #keys}
     */
    default Optional<KeySet> atHand(KeyQuery query) {
        CompletableFuture<KeySet> any = keys(KeyQuery.any()).toCompletableFuture();
        return any.isDone() && !any.isCompletedExceptionally()
                ? Optional.of(any.join()).filter(set -> set.mayHave(query))
                : Optional.empty();
    }

    /** Returns a source that always has the same keys. */
    static KeySource fixed(KeySet keys) {
        return new LocalKeys(keys);
    }

    /** Returns a source that always has the same keys; the first that can sign signs. */
    static KeySource fixed(TokenKey... keys) {
        return fixed(KeySet.of(keys));
    }

    /**
     * Returns a source that has the keys of several sources, in their order; the first that can sign signs. A wanted
     * key that one source has at hand is used without a search in the others. A source that fails is ignored, unless
     * the wanted key may be one of its own.
     *
     * @param sources at most 16 keys in total at any time; to be closed by the caller
     */
    static KeySource all(KeySource... sources) {
        return new AllKeys(List.of(sources));
    }
}
