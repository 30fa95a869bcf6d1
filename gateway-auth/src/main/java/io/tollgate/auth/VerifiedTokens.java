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
 * Tokens whose signature and claims were good, by their digest. Verifying is many times the work of finding a token
 * here. A hit says nothing about the present: who asks must look at the expiry and the key again.
 */
final class VerifiedTokens {
    private final Cache<TokenDigest, Entry> entries;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    VerifiedTokens(int maxEntries) {
        // Eviction on the caller's thread: it is cheap, and the common pool is not ours.
        this.entries = Caffeine.newBuilder()
                .maximumSize(maxEntries)
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
        return new CacheStats(hits.sum(), misses.sum(), entries.estimatedSize());
    }

    void put(TokenDigest digest, Entry entry) {
        entries.put(digest, entry);
    }

    void remove(TokenDigest digest) {
        entries.invalidate(digest);
    }

    /**
     * What was found out about a token.
     *
     * @param key the key that signed it
     * @param revocationId what {@link RevokedTokens} knows it by
     * @param stage what {@link JwtVerifier#verify} returns for it, complete; allocated once, as is {@code found}
     * @param found what {@link JwtVerifier#cached} returns for it
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
