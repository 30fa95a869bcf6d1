package io.tollgate.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tollgate.api.token.AccessToken;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.revocation.RevokedTokens;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Caches tokens whose signature and claims were valid, by their digest. To find a token here is many times cheaper than
 * to verify it. An entry may be outdated: the caller checks expiry, signing key and revocation on each hit.
 */
final class VerifiedTokens {
    /** The bytes for which each token counts at least, so that the number of tokens is bounded too. */
    private static final int LEAST_WEIGHT = 1024;

    private final Cache<TokenDigest, Entry> entries;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    /** Creates a cache that is full with this many tokens of 1 KiB, or with fewer that are larger. */
    VerifiedTokens(int maxEntries) {
        // Entries are evicted on the caller's thread: it is cheap, and the common pool belongs to the application.
        this.entries = Caffeine.newBuilder()
                .maximumWeight((long) maxEntries * LEAST_WEIGHT)
                .<TokenDigest, Entry>weigher((digest, entry) -> Math.max(LEAST_WEIGHT, TokenWeight.of(entry)))
                .executor(Runnable::run)
                .build();
    }

    @Nullable
    Entry get(TokenDigest digest) {
        return entries.getIfPresent(digest);
    }

    void count(boolean hit) {
        (hit ? hits : misses).increment();
    }

    CacheStats stats() {
        long bytes = entries.policy().eviction().orElseThrow().weightedSize().orElseThrow();
        return new CacheStats(hits.sum(), misses.sum(), entries.estimatedSize(), bytes);
    }

    void put(TokenDigest digest, Entry entry) {
        entries.put(digest, entry);
    }

    void remove(TokenDigest digest) {
        entries.invalidate(digest);
    }

    /**
     * An entry of the cache.
     *
     * @param key the key that signed the token
     * @param revocationId the id of the token in {@link RevokedTokens}
     * @param stage the result of {@link JwtVerifier#verify}, complete; allocated once, as is {@code found}
     * @param found the result of {@link JwtVerifier#cached}
     */
    record Entry(
            AccessToken token,
            TokenKey key,
            String revocationId,
            CompletionStage<AccessToken> stage,
            Optional<AccessToken> found) {
        Entry(AccessToken token, TokenKey key, String revocationId) {
            this(token, key, revocationId, CompletableFuture.completedStage(token), Optional.of(token));
        }
    }
}
