package io.tollgate.auth.keys;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Unites several sources; see {@link KeySource#all}. */
final class AllKeys implements KeySource {
    private final List<KeySource> sources;

    /** The last union and its parts, reused as long as the sources return the same sets. */
    private volatile @Nullable Union last;

    AllKeys(List<KeySource> sources) {
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("sources: none (expected: at least one)");
        }
        this.sources = List.copyOf(sources);
    }

    @Override
    public CompletionStage<KeySet> keys(Optional<String> kid) {
        List<KeySet> parts = partsAtHand(kid);
        if (!parts.isEmpty()) {
            return union(parts).stage();
        }
        List<CompletableFuture<KeySet>> all = ask(kid);
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .handle((done, failure) -> settled(all, kid, failure))
                .minimalCompletionStage();
    }

    @Override
    public Optional<KeySet> atHand(Optional<String> kid) {
        List<KeySet> parts = partsAtHand(kid);
        return parts.isEmpty() ? Optional.empty() : union(parts).atHand();
    }

    /** Returns the sets that need no search; none if the wanted key is in none of them and a source may have to search. */
    private List<KeySet> partsAtHand(Optional<String> kid) {
        List<KeySet> parts = new ArrayList<>(sources.size());
        boolean known = false;
        boolean complete = true;
        for (KeySource source : sources) {
            Optional<KeySet> part = source.atHand(Optional.empty());
            part.ifPresent(parts::add);
            known |= part.isPresent() && kid.isPresent() && part.get().mayKnow(kid.get());
            complete &= part.isPresent() && (kid.isEmpty() || source.atHand(kid).isPresent());
        }
        // A key that one source has at hand is no reason for another to search for it.
        return known || complete ? parts : List.of();
    }

    private List<CompletableFuture<KeySet>> ask(Optional<String> kid) {
        List<CompletableFuture<KeySet>> results = new ArrayList<>(sources.size());
        for (KeySource source : sources) {
            results.add(source.keys(kid).toCompletableFuture());
        }
        return results;
    }

    /** Unites the sets that came; a source that failed is ignored unless the wanted key may be one of its own. */
    private KeySet settled(List<CompletableFuture<KeySet>> results, Optional<String> kid, @Nullable Throwable failure) {
        List<CompletableFuture<KeySet>> good = new ArrayList<>(results);
        good.removeIf(CompletableFuture::isCompletedExceptionally);
        List<KeySet> parts = new ArrayList<>(good.size());
        good.forEach(result -> parts.add(result.join()));
        KeySet keys = union(parts).keys();
        boolean enough = kid.isPresent() ? keys.mayKnow(kid.get()) : !good.isEmpty();
        if (failure != null && !enough) {
            throw new CompletionException(failure.getCause() == null ? failure : failure.getCause());
        }
        return keys;
    }

    private Current union(List<KeySet> parts) {
        Union union = last;
        if (union == null || !union.parts().equals(parts)) {
            Set<TokenKey> keys = new LinkedHashSet<>();
            parts.forEach(part -> keys.addAll(part.keys()));
            union = new Union(parts, new Current(KeySet.of(keys)));
            last = union;
        }
        return union.set();
    }

    /** A union and its parts, which are compared by identity, since {@link KeySet} has no other equality. */
    private record Union(List<KeySet> parts, Current set) {}
}
