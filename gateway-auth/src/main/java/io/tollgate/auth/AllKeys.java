package io.tollgate.auth;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Several sources as one; see {@link KeySource#all}. */
final class AllKeys implements KeySource {
    private final List<KeySource> sources;

    /** The last union and what it was made of: as long as the sources answer the same sets, so does this. */
    private volatile @Nullable Union last;

    AllKeys(List<KeySource> sources) {
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("sources: none (expected: at least one)");
        }
        this.sources = List.copyOf(sources);
    }

    @Override
    public CompletionStage<KeySet> keys(Optional<String> kid) {
        if (kid.isPresent()) {
            // A key that one source has at hand is no reason for another to go and look for it.
            List<CompletableFuture<KeySet>> atHand = ask(Optional.empty());
            atHand.removeIf(set -> !set.isDone() || set.isCompletedExceptionally());
            boolean known = atHand.stream().anyMatch(set -> set.join().mayKnow(kid.get()));
            if (known) {
                return union(atHand).stage();
            }
        }
        List<CompletableFuture<KeySet>> all = ask(kid);
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .handle((done, failure) -> settled(all, kid, failure))
                .minimalCompletionStage();
    }

    private List<CompletableFuture<KeySet>> ask(Optional<String> kid) {
        List<CompletableFuture<KeySet>> answers = new ArrayList<>(sources.size());
        for (KeySource source : sources) {
            answers.add(source.keys(kid).toCompletableFuture());
        }
        return answers;
    }

    /** A source that fails is left out unless the key that is wanted may be one of its own. */
    private KeySet settled(List<CompletableFuture<KeySet>> answers, Optional<String> kid, @Nullable Throwable failure) {
        List<CompletableFuture<KeySet>> good = new ArrayList<>(answers);
        good.removeIf(CompletableFuture::isCompletedExceptionally);
        KeySet keys = union(good).keys();
        boolean enough = kid.isPresent() ? keys.mayKnow(kid.get()) : !good.isEmpty();
        if (failure != null && !enough) {
            throw new CompletionException(failure.getCause() == null ? failure : failure.getCause());
        }
        return keys;
    }

    private Union union(List<CompletableFuture<KeySet>> answers) {
        List<KeySet> parts = new ArrayList<>(answers.size());
        answers.forEach(answer -> parts.add(answer.join()));
        Union union = last;
        if (union == null || !union.parts().equals(parts)) {
            Set<TokenKey> keys = new LinkedHashSet<>();
            parts.forEach(part -> keys.addAll(part.keys()));
            KeySet set = KeySet.of(keys);
            union = new Union(parts, set, CompletableFuture.completedStage(set));
            last = union;
        }
        return union;
    }

    /** Sets are compared by identity, since {@link KeySet} has no other equality. */
    private record Union(List<KeySet> parts, KeySet keys, CompletionStage<KeySet> stage) {}
}
