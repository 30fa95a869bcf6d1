package io.tollgate.auth;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.Principal;
import io.tollgate.api.TimeSource;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.token.TokenService;
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
 * section 4.14). Presenting a refresh token that was used before revokes its whole family and is logged as a warning
 * that names the user and no token.
 *
 * <pre>{@code
 * TokenService tokens = JwtTokenService.builder()
 *         .secret(System.getenv("JWT_SECRET_KEY"))
 *         .build();
 * tokens.issue(Principal.of("user-1")).thenAccept(pair -> ...);
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

    /** Starts with the defaults; only the keys must be given. */
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
    public CompletionStage<TokenPair> issue(Principal principal) {
        AccessTokens.requireIssuable(principal);
        return Stages.withGatewayErrors(signingKey().thenCompose(key -> {
            String accessToken = accessToken(principal, key);
            return refreshTokens.start(principal).thenApply(refresh -> TokenPair.of(accessToken, refresh));
        }));
    }

    @Override
    public CompletionStage<TokenPair> refresh(String refreshToken) {
        requireNonNull(refreshToken, "refreshToken");
        // The key first: a token that was used up while there is nothing to sign with would be lost.
        return Stages.withGatewayErrors(signingKey()
                .thenCompose(key -> refreshTokens
                        .rotate(refreshToken)
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
     * Refuses an access token from now on, as {@link JwtVerifier#revoke} does. Its refresh token stays good: revoke that
     * as well to log somebody out.
     *
     * @throws IllegalStateException if there is no list of revoked tokens
     */
    public CompletionStage<Void> revokeAccessToken(String accessToken) {
        return verifier.revoke(accessToken);
    }

    /** How much the memory of verified tokens saves. */
    public CacheStats cacheStats() {
        return verifier.cacheStats();
    }

    /** What became of refresh tokens. */
    public RefreshStats refreshStats() {
        return refreshTokens.stats();
    }

    private CompletionStage<TokenKey> signingKey() {
        return keys.keys(Optional.empty())
                .thenApply(set -> set.signing()
                        .orElseThrow(() -> new IllegalStateException("none of the keys can sign: " + set)));
    }

    private String accessToken(Principal principal, TokenKey key) {
        return accessTokens.issue(principal, key, time.now());
    }

    /** Its settings, never a key. */
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
        private Duration refreshGrace = Duration.ZERO;

        private Builder() {}

        /** Where the keys come from; the first of a set that can sign signs. */
        public Builder keys(KeySource source) {
            this.keys = requireNonNull(source, "source");
            verifier.keys(source);
            return this;
        }

        /**
         * One secret for HS256.
         *
         * @param secret at least 32 bytes in UTF-8
         */
        public Builder secret(String secret) {
            return keys(KeySource.fixed(
                    TokenKey.secret(SignatureAlgorithm.HS256, secret.getBytes(StandardCharsets.UTF_8))));
        }

        /** The {@code iss} that tokens are given and must have; by default none is given and any accepted. */
        public Builder issuer(String name) {
            this.issuer = requireNonNull(name, "name");
            verifier.issuer(name);
            return this;
        }

        /** The {@code aud} that tokens are given and must be for; by default none is given and any accepted. */
        public Builder audience(String name) {
            this.audience = requireNonNull(name, "name");
            verifier.audience(name);
            return this;
        }

        /** For how long an access token is good, 1 second to 24 hours; by default 15 minutes. */
        public Builder accessTokenTtl(Duration ttl) {
            this.accessTokenTtl = Settings.within("accessTokenTtl", ttl, Duration.ofSeconds(1), Duration.ofHours(24));
            return this;
        }

        /** Where refresh tokens are kept; by default in an {@link InMemoryRefreshTokenStore}. Never closed by this. */
        public Builder refreshTokenStore(RefreshTokenStore refreshTokenStore) {
            this.store = requireNonNull(refreshTokenStore, "refreshTokenStore");
            return this;
        }

        /** How long after a login refreshing ends, 1 second to 400 days; by default 30 days. */
        public Builder refreshTokenTtl(Duration ttl) {
            this.refreshTokenTtl = Settings.within("refreshTokenTtl", ttl, Duration.ofSeconds(1), Duration.ofDays(400));
            return this;
        }

        /** How long a refresh token is good while it is not used, 1 second to 400 days; by default 7 days. */
        public Builder refreshTokenIdleTtl(Duration ttl) {
            this.refreshTokenIdleTtl =
                    Settings.within("refreshTokenIdleTtl", ttl, Duration.ofSeconds(1), Duration.ofDays(400));
            return this;
        }

        /**
         * For how long after its use a refresh token may be presented again and gets the same successor, 0 to 60 seconds;
         * by default 0. A client that retries after a lost answer stays logged in; so, for as long, does a thief. With 0
         * the loser of a race revokes the winner's family.
         */
        public Builder refreshGrace(Duration grace) {
            this.refreshGrace = Settings.within("refreshGrace", grace, Duration.ZERO, Duration.ofSeconds(60));
            return this;
        }

        /** The list of access tokens to refuse before they expire; by default there is none. Never closed by this. */
        public Builder revokedTokens(RevokedTokens list) {
            verifier.revokedTokens(list);
            return this;
        }

        /** By how much the issuer's clock may differ from ours, 0 to 5 minutes; by default 30 seconds. */
        public Builder clockSkew(Duration skew) {
            verifier.clockSkew(skew);
            return this;
        }

        /** Whether to accept tokens of the former user service, as {@link JwtVerifier.Builder#acceptLegacyClaims} has it. */
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

        /** Longer access tokens are neither issued nor read, 256 to 65536 characters; by default 8192. */
        public Builder maxTokenLength(int characters) {
            verifier.maxTokenLength(characters);
            this.maxTokenLength = characters;
            return this;
        }

        /** How many verified tokens are remembered, 0 to 10,000,000 at about 1 KiB each; by default 10,000. */
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
