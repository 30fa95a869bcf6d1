package io.tollgate.auth.revocation;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Revoked access tokens in the heap of one process; other instances do not learn of them. Bounded: when full, and nothing
 * in it has ended, {@link #revoke} fails.
 */
public final class InMemoryRevokedTokens implements RevokedTokens {
    private static final CompletionStage<Boolean> YES = CompletableFuture.completedStage(true);
    private static final CompletionStage<Boolean> NO = CompletableFuture.completedStage(false);

    private final RevocationCopy tokens = new RevocationCopy();
    private final int maxTokens;
    private final Clock clock;

    /** Keeps at most 100,000 tokens. */
    public InMemoryRevokedTokens() {
        this(100_000, Clock.systemUTC());
    }

    /**
     * Keeps at most so many tokens.
     *
     * @param maxTokens at least 1; each takes about 200 bytes
     * @param clock tells which have ended and can be dropped
     */
    public InMemoryRevokedTokens(int maxTokens, Clock clock) {
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens: " + maxTokens + " (expected: at least 1)");
        }
        this.maxTokens = maxTokens;
        this.clock = requireNonNull(clock, "clock");
    }

    @Override
    public synchronized CompletionStage<Void> revoke(String tokenId, Instant until) {
        requireNonNull(tokenId, "tokenId");
        requireNonNull(until, "until");
        if (tokens.size() >= maxTokens) {
            tokens.dropEndedBy(clock.instant());
        }
        if (tokens.size() >= maxTokens && !tokens.contains(tokenId)) {
            return CompletableFuture.failedStage(RevocationCopy.full(maxTokens));
        }
        tokens.add(tokenId, until);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<Boolean> isRevoked(String tokenId) {
        return tokens.contains(tokenId) ? YES : NO;
    }
}
