package io.tollgate.auth;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CallContext;
import io.tollgate.api.Principal;
import io.tollgate.api.TimeSource;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.token.TokenService;
import io.tollgate.auth.keys.KeyQuery;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.refresh.InMemoryRefreshTokenStore;
import io.tollgate.auth.refresh.RefreshTokenStore;
import io.tollgate.auth.revocation.RevokedTokens;
import io.tollgate.auth.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Issues and verifies access tokens that are signed JWTs, with opaque refresh tokens that rotate on each use (RFC 9700,
 * section 4.14). A refresh token that was used before and is presented again revokes its whole family, except {@linkplain
 * Builder#refreshGrace for a moment}; a warning is logged, with the user and without the token.
 *
 * <pre>{@code
 * TokenService tokens = JwtTokenService.builder()
 *         .secret(System.getenv("JWT_SECRET_KEY"))
 *         .build();
 * CompletionStage<TokenPair> pair = tokens.issue(Principal.of("user-1"));
 * }</pre>
 */
public final class JwtTokenService implements TokenService {
    private final KeySource keys;
    private final JwtVerifier verifier;
    private final AccessTokens accessTokens;
    private final RefreshTokens refreshTokens;
    private final TimeSource time;

    private JwtTokenService(Builder builder) {
        this.keys = Settings.required("keys", builder.keys, "keys(...) or secret(...) before build()");
        this.verifier = builder.verifier.build();
        this.accessTokens = new AccessTokens(
                Optional.ofNullable(builder.issuer),
                Optional.ofNullable(builder.audience),
                builder.accessTokenTtl,
                builder.maxTokenLength);
        this.time = builder.time;
        this.refreshTokens = new RefreshTokens(
                builder.store != null
                        ? builder.store
                        : InMemoryRefreshTokenStore.builder().time(time).build(),
                time,
                builder.refreshTokenTtl,
                builder.refreshTokenIdleTtl,
                builder.refreshGrace);
    }

    /** Starts a builder; only the keys must be set. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public CompletionStage<AccessToken> verify(String token) {
        return verifier.verify(token);
    }

    @Override
    public Optional<AccessToken> cached(String token) {
        return verifier.cached(token);
    }

    @Override
    public boolean isCostly(String token) {
        return verifier.isCostly(token);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if a claim of the principal has a meaning of its own in a token, such as
     *     {@code exp}, or a scope has a space in it
     */
    @Override
    public CompletionStage<TokenPair> issue(Principal principal, CallContext context) {
        AccessTokens.requireIssuable(principal);
        return Stages.withGatewayErrors(signingKey().thenCompose(key -> {
            String accessToken = accessToken(principal, key);
            return refreshTokens.start(principal, context).thenApply(refresh -> TokenPair.of(accessToken, refresh));
        }));
    }

    @Override
    public CompletionStage<TokenPair> refresh(String refreshToken, CallContext context) {
        requireNonNull(refreshToken, "refreshToken");
        // The signing key first: without one, a token that was used up would be lost.
        return Stages.withGatewayErrors(signingKey()
                .thenCompose(key -> refreshTokens
                        .rotate(refreshToken, context)
                        .thenApply(next -> TokenPair.of(accessToken(next.principal(), key), next.token()))));
    }

    @Override
    public CompletionStage<Void> revoke(String refreshToken) {
        return Stages.withGatewayErrors(refreshTokens.revoke(refreshToken));
    }

    @Override
    public CompletionStage<Void> revokeAll(String userId) {
        return Stages.withGatewayErrors(refreshTokens.revokeAll(userId));
    }

    /**
     * Revokes an access token, as {@link JwtVerifier#revoke} does. Its refresh token stays valid: to log a user out,
     * revoke that as well.
     *
     * @throws IllegalStateException if there is no list of revoked tokens
     */
    public CompletionStage<Void> revokeAccessToken(String accessToken) {
        return verifier.revoke(accessToken);
    }

    /** Returns counts of the cache of verified tokens. */
    public CacheStats cacheStats() {
        return verifier.cacheStats();
    }

    /** Returns counts of the refresh tokens that were presented. */
    public RefreshStats refreshStats() {
        return refreshTokens.stats();
    }

    private CompletionStage<TokenKey> signingKey() {
        return keys.keys(KeyQuery.any())
                .thenApply(set -> set.signing()
                        .orElseThrow(
                                () -> new IllegalStateException("keys: " + set + " (expected: one that can sign)")));
    }

    private String accessToken(Principal principal, TokenKey key) {
        return accessTokens.issue(principal, key, time.now());
    }

    /** Returns the settings, without a key. */
    @Override
    public String toString() {
        return "JwtTokenService[" + accessTokens + "]";
    }

    /** Collects the settings of a token service. Not thread-safe. */
    public static final class Builder {
        private final JwtVerifier.Builder verifier = JwtVerifier.builder();
        private @Nullable KeySource keys;
        private @Nullable String issuer;
        private @Nullable String audience;
        private @Nullable RefreshTokenStore store;
        private TimeSource time = TimeSource.system();
        private int maxTokenLength = JwtVerifier.DEFAULT_MAX_TOKEN_LENGTH;
        private Duration accessTokenTtl = Duration.ofMinutes(15);
        private Duration refreshTokenTtl = Duration.ofDays(30);
        private Duration refreshTokenIdleTtl = Duration.ofDays(7);
        private Duration refreshGrace = Duration.ofSeconds(10);

        private Builder() {}

        /** Sets the source of the signing keys; of a set, the first key that can sign signs. */
        public Builder keys(KeySource source) {
            this.keys = requireNonNull(source, "source");
            verifier.keys(source);
            return this;
        }

        /**
         * Sets one secret for HS256 as the signing key.
         *
         * @param secret at least 32 bytes in UTF-8
         */
        public Builder secret(String secret) {
            return keys(KeySource.fixed(
                    TokenKey.secret(SignatureAlgorithm.HS256, secret.getBytes(StandardCharsets.UTF_8))));
        }

        /**
         * Sets the {@code iss} that tokens are issued with and must have; by default none is issued, and any or none
         * accepted.
         */
        public Builder issuer(String name) {
            this.issuer = requireNonNull(name, "name");
            verifier.issuer(name);
            return this;
        }

        /**
         * Sets the {@code aud} that tokens are issued for and must have; by default none is issued, and any or none
         * accepted.
         */
        public Builder audience(String name) {
            this.audience = requireNonNull(name, "name");
            verifier.audience(name);
            return this;
        }

        /** Sets the lifetime of an access token, 1 second to 24 hours; 15 minutes by default. */
        public Builder accessTokenTtl(Duration ttl) {
            this.accessTokenTtl = Settings.within("accessTokenTtl", ttl, Duration.ofSeconds(1), Duration.ofHours(24));
            return this;
        }

        /**
         * Sets the store for refresh tokens; an {@link InMemoryRefreshTokenStore} by default. Never closed by the
         * service.
         */
        public Builder refreshTokenStore(RefreshTokenStore refreshTokenStore) {
            this.store = requireNonNull(refreshTokenStore, "refreshTokenStore");
            return this;
        }

        /** Sets the time after a login at which refreshing ends, 1 second to 400 days; 30 days by default. */
        public Builder refreshTokenTtl(Duration ttl) {
            this.refreshTokenTtl = Settings.within("refreshTokenTtl", ttl, Duration.ofSeconds(1), Duration.ofDays(400));
            return this;
        }

        /** Sets the time after which an unused refresh token expires, 1 second to 400 days; 7 days by default. */
        public Builder refreshTokenIdleTtl(Duration ttl) {
            this.refreshTokenIdleTtl =
                    Settings.within("refreshTokenIdleTtl", ttl, Duration.ofSeconds(1), Duration.ofDays(400));
            return this;
        }

        /**
         * Sets the time during which a used refresh token may be presented again and yields the same successor, as long as
         * that has not been used, 0 to 60 seconds; 10 by default. A client that retries after a lost response stays logged
         * in; so does a thief, for as long. With 0, every retry and the second of two concurrent uses revoke the family.
         */
        public Builder refreshGrace(Duration grace) {
            this.refreshGrace = Settings.within("refreshGrace", grace, Duration.ZERO, Duration.ofSeconds(60));
            return this;
        }

        /**
         * Sets the list of access tokens to reject before they expire; none by default. Never closed by the service.
         */
        public Builder revokedTokens(RevokedTokens list) {
            verifier.revokedTokens(list);
            return this;
        }

        /**
         * Sets the tolerated difference between the issuer's clock and ours, 0 to 5 minutes; 30 seconds by default.
         */
        public Builder clockSkew(Duration skew) {
            verifier.clockSkew(skew);
            return this;
        }

        /**
         * Sets whether tokens of the former user service are accepted, see {@link
         * JwtVerifier.Builder#acceptLegacyClaims}.
         */
        public Builder acceptLegacyClaims(boolean accept) {
            verifier.acceptLegacyClaims(accept);
            return this;
        }

        /** Sets the clocks; those of the system by default. */
        public Builder time(TimeSource source) {
            this.time = requireNonNull(source, "source");
            verifier.time(source);
            return this;
        }

        /**
         * Sets the maximum length of an access token, 256 to 65536 characters; 8192 by default. Longer ones are neither
         * issued nor read.
         */
        public Builder maxTokenLength(int characters) {
            verifier.maxTokenLength(characters);
            this.maxTokenLength = characters;
            return this;
        }

        /**
         * Sets the number of verified tokens that are cached, 0 to 10,000,000; 10,000 by default. Each counts for 1 KiB, or
         * for what it takes if that is more: a token with hundreds of roles takes 65 KiB. So the cache takes at most about
         * 10 MiB by default.
         */
        public Builder cacheSize(int tokens) {
            verifier.cacheSize(tokens);
            return this;
        }

        /**
         * Returns the token service.
         *
         * @throws IllegalStateException if the keys are unset
         */
        public JwtTokenService build() {
            return new JwtTokenService(this);
        }
    }
}
