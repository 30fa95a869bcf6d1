package io.tollgate.auth.revocation;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.TimeSource;
import io.tollgate.auth.settings.Settings;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Keeps revoked access tokens in the heap of one process; other instances do not know them. Limited: when full of
 * tokens that have not expired, {@link #revoke} fails.
 */
public final class InMemoryRevokedTokens implements RevokedTokens {
    private static final CompletionStage<Boolean> YES = CompletableFuture.completedStage(true);
    private static final CompletionStage<Boolean> NO = CompletableFuture.completedStage(false);

    private final RevocationCopy tokens = new RevocationCopy();
    private final int maxTokens;
    private final TimeSource time;

    private InMemoryRevokedTokens(Builder builder) {
        this.maxTokens = builder.maxTokens;
        this.time = builder.time;
    }

    /** Starts a builder; every setting has a default. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public synchronized CompletionStage<Void> revoke(String tokenId, Instant until) {
        RevocationCopy.requireId(tokenId);
        requireNonNull(until, "until");
        if (tokens.size() >= maxTokens) {
            tokens.dropEndedBy(time.now());
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

    /** Collects the settings. Not thread-safe. */
    public static final class Builder {
        private int maxTokens = 100_000;
        private TimeSource time = TimeSource.system();

        private Builder() {}

        /**
         * Sets the number of tokens beyond which revoking fails, at least 1; 100,000 by default. Each takes about 200
         * bytes.
         */
        public Builder maxTokens(int tokens) {
            this.maxTokens = Settings.positive("maxTokens", tokens);
            return this;
        }

        /** Sets the clocks, by which expired tokens are dropped; those of the system by default. */
        public Builder time(TimeSource source) {
            this.time = requireNonNull(source, "source");
            return this;
        }

        /** Returns an empty list. */
        public InMemoryRevokedTokens build() {
            return new InMemoryRevokedTokens(this);
        }
    }
}
