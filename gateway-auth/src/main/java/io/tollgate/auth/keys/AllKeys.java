package io.tollgate.auth.keys;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
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
    public CompletionStage<KeySet> keys(KeyQuery query) {
        List<KeySet> parts = partsAtHand(query);
        return parts.isEmpty()
                ? settled(query, source -> source.keys(query), keys -> keys.mayHave(query))
                : union(parts).stage();
    }

    @Override
    public CompletionStage<KeySet> refreshed(KeyQuery query) {
        return settled(query, source -> source.refreshed(query), keys -> keys.names(query));
    }

    @Override
    public Optional<KeySet> atHand(KeyQuery query) {
        List<KeySet> parts = partsAtHand(query);
        return parts.isEmpty() ? Optional.empty() : union(parts).atHand();
    }

    /** Returns the sets that need no search; none if the wanted key is in none of them and a source may have to search. */
    private List<KeySet> partsAtHand(KeyQuery query) {
        List<KeySet> parts = new ArrayList<>(sources.size());
        boolean known = false;
        boolean complete = true;
        for (KeySource source : sources) {
            Optional<KeySet> part = source.atHand(query);
            if (part.isEmpty()) {
                complete = false;
                part = source.atHand(KeyQuery.any());
            }
            if (part.isPresent()) {
                parts.add(part.get());
                known |= query.isAny()
                        ? part.get().signing().isPresent()
                        : part.get().mayHave(query);
            }
        }
        // A key that one source has at hand is no reason for another to search for it.
        return known || complete ? parts : List.of();
    }

    /**
     * Unites the sets that come. A source that fails is ignored if the others have enough, or if any set will do.
     *
     * @param enough returns whether a union without the failed sources has the wanted key
     */
    private CompletionStage<KeySet> settled(
            KeyQuery query, Function<KeySource, CompletionStage<KeySet>> call, Predicate<KeySet> enough) {
        List<CompletableFuture<KeySet>> all = new ArrayList<>(sources.size());
        for (KeySource source : sources) {
            all.add(call.apply(source).toCompletableFuture());
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .handle((done, failure) -> {
                    List<CompletableFuture<KeySet>> good = new ArrayList<>(all);
                    good.removeIf(CompletableFuture::isCompletedExceptionally);
                    List<KeySet> parts = new ArrayList<>(good.size());
                    good.forEach(result -> parts.add(result.join()));
                    KeySet keys = union(parts).keys();
                    boolean usable = query.isAny() ? !good.isEmpty() : enough.test(keys);
                    if (failure != null && !usable) {
                        throw new CompletionException(failure.getCause() == null ? failure : failure.getCause());
                    }
                    return keys;
                })
                .minimalCompletionStage();
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
