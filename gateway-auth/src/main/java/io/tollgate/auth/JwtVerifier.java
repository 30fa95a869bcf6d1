package io.tollgate.auth;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.GatewayException;
import io.tollgate.api.TimeSource;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.auth.keys.KeyQuery;
import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.revocation.RevokedTokens;
import io.tollgate.auth.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Verifies access tokens that are signed JWTs (RFC 7519, RFC 8725), of any issuer.
 *
 * <p>The algorithm belongs to the signing key and is never chosen by the token. Tokens without signature ({@code
 * none}), encrypted, nested and compressed tokens, tokens that bring or point to a key, and tokens with {@code crit}
 * are rejected. {@code exp} is required; {@code iss} and {@code aud} are checked if they are set. The user id is the
 * claim {@code user_id}, else {@code sub}.
 *
 * <pre>{@code
 * TokenVerifier verifier = JwtVerifier.builder()
 *         .keys(KeySource.fixed(TokenKey.secret(SignatureAlgorithm.HS256, secret)))
 *         .issuer("https://users.example")
 *         .build();
 * }</pre>
 *
 * <p>Verified tokens are cached, by their SHA-256. On each hit the expiry, the signing key and the list of revoked
 * tokens are checked again.
 */
public final class JwtVerifier implements TokenVerifier {
    static final int DEFAULT_MAX_TOKEN_LENGTH = 8 * 1024;

    private final KeySource keys;
    private final ClaimRules rules;
    private final TimeSource time;
    private final TokenCheck check;
    private final int maxTokenLength;
    private final VerifiedTokens verified;
    private final @Nullable RevokedTokens revoked;

    /** The latest miss. {@link #verify} of the same token usually follows, and need not digest and parse it again. */
    private volatile @Nullable Missed missed;

    private JwtVerifier(Builder builder) {
        this.keys = Settings.required("keys", builder.keys, "keys(...) or secret(...) before build()");
        this.rules = new ClaimRules(
                Optional.ofNullable(builder.issuer),
                Optional.ofNullable(builder.audience),
                builder.clockSkew,
                builder.acceptLegacyClaims);
        this.time = builder.time;
        this.check = new TokenCheck(keys, rules, time);
        this.maxTokenLength = builder.maxTokenLength;
        this.verified = new VerifiedTokens(builder.cacheSize);
        this.revoked = builder.revoked;
    }

    /** Starts a builder; only the keys must be set. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * <p>The stage is already complete unless the key source has to search for the key, or the list of revoked tokens
     * is not in memory.
     */
    @Override
    public CompletionStage<AccessToken> verify(String token) {
        if (token.length() > maxTokenLength) {
            return CompletableFuture.failedStage(Rejection.malformed());
        }
        TokenDigest digest = digest(token);
        VerifiedTokens.Entry hit = current(digest);
        verified.count(hit != null);
        return hit != null ? unlessRevoked(hit) : verifyAnew(token, digest).thenCompose(this::unlessRevoked);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Makes the checks that {@link #verify} makes of a cached token: the token has not expired (the clock skew does
     * not apply), its signing key is still in the set, and {@link RevokedTokens} returns at once that it is not
     * revoked. Empty if that stage is not complete; {@code verify} then looks the same token up again.
     */
    @Override
    public Optional<AccessToken> cached(String token) {
        if (token.length() > maxTokenLength) {
            return Optional.empty();
        }
        TokenDigest digest = TokenDigest.of(token);
        VerifiedTokens.Entry hit = current(digest);
        if (hit == null) {
            missed = new Missed(token, digest, null);
            return Optional.empty();
        }
        if (revoked != null && !isFalse(revoked.isRevoked(hit.revocationId()))) {
            return Optional.empty();
        }
        verified.count(true);
        return hit.found();
    }

    /**
     * {@inheritDoc}
     *
     * <p>False if {@link #verify} needs neither an asymmetric signature nor a key that is not {@linkplain
     * KeySource#atHand at hand}:
     *
     * <ul>
     *   <li>The token is rejected before its signature: it is too long or malformed, or its header is not acceptable.
     *   <li>Its {@code alg} and {@code kid} leave secrets or no key at all, and the source need not search for the key.
     * </ul>
     *
     * <p>True otherwise; also for a cached token, so call {@link #cached} first, and for a token whose signature is
     * cheap to reject. Starts no search for a key. A list of revoked tokens in another process does not count, since
     * only a token with a valid signature reaches it.
     */
    @Override
    public boolean isCostly(String token) {
        if (token.length() > maxTokenLength) {
            return false;
        }
        TokenHeader header;
        try {
            header = parsed(token).header();
        } catch (GatewayException e) {
            return false;
        }
        Optional<KeySet> atHand = keys.atHand(header.query());
        return atHand.isEmpty()
                || (!header.algorithm().isSymmetric()
                        && !atHand.get()
                                .candidates(header.algorithm(), header.kid())
                                .isEmpty());
    }

    /**
     * Revokes an access token: it is rejected from now on by every verifier with the same list. Does nothing for a
     * token that is not valid.
     *
     * @throws IllegalStateException if there is no list of revoked tokens
     */
    public CompletionStage<Void> revoke(String token) {
        RevokedTokens list = Settings.required("revokedTokens", revoked, "revokedTokens(...), to revoke access tokens");
        if (token.length() > maxTokenLength) {
            return CompletableFuture.completedStage(null);
        }
        TokenDigest digest = TokenDigest.of(token);
        CompletionStage<Void> revocation = verifyAnew(token, digest)
                .thenCompose(entry -> list.revoke(
                        entry.revocationId(), entry.token().expiresAt().plus(rules.clockSkew())));
        return Stages.withGatewayErrors(revocation)
                .exceptionallyCompose(
                        failure -> GatewayException.from(failure).code().isServerFault()
                                ? CompletableFuture.failedStage(failure)
                                : CompletableFuture.completedStage(null))
                .whenComplete((done, failure) -> verified.remove(digest));
    }

    /** Returns counts of the cache of verified tokens. */
    public CacheStats cacheStats() {
        return verified.stats();
    }

    private TokenDigest digest(String token) {
        Missed last = missed;
        return last != null && last.token().equals(token) ? last.digest() : TokenDigest.of(token);
    }

    private TokenCheck.Parsed parsed(String token) {
        Missed last = missed;
        if (last == null || !last.token().equals(token)) {
            return TokenCheck.Parsed.of(token);
        }
        TokenCheck.Parsed known = last.parsed();
        if (known == null) {
            known = TokenCheck.Parsed.of(token);
            missed = new Missed(token, last.digest(), known);
        }
        return known;
    }

    /** Returns the entry of a cached token, unless the token has expired or its signing key was removed. */
    private VerifiedTokens.@Nullable Entry current(TokenDigest digest) {
        VerifiedTokens.Entry hit = verified.get(digest);
        if (hit == null) {
            return null;
        }
        if (time.now().isBefore(hit.token().expiresAt()) && isCurrent(hit.key())) {
            return hit;
        }
        verified.remove(digest);
        return null;
    }

    private boolean isCurrent(TokenKey key) {
        KeyQuery query = KeyQuery.of(key.algorithm(), key.kid());
        Optional<KeySet> atHand = keys.atHand(query);
        if (atHand.isPresent()) {
            return atHand.get().keys().contains(key);
        }
        CompletableFuture<KeySet> now = keys.keys(query).toCompletableFuture();
        return now.isDone()
                && !now.isCompletedExceptionally()
                && now.join().keys().contains(key);
    }

    private CompletionStage<VerifiedTokens.Entry> verifyAnew(String token, TokenDigest digest) {
        TokenCheck.Parsed parsed;
        try {
            parsed = parsed(token);
        } catch (GatewayException e) {
            return CompletableFuture.failedStage(e);
        }
        return check.check(parsed).thenApply(entry -> {
            // Not within the clock skew after exp: no entry outlives its token.
            if (time.now().isBefore(entry.token().expiresAt())) {
                verified.put(digest, entry);
            }
            return entry;
        });
    }

    private CompletionStage<AccessToken> unlessRevoked(VerifiedTokens.Entry entry) {
        if (revoked == null) {
            return entry.stage();
        }
        CompletionStage<Boolean> lookup = revoked.isRevoked(entry.revocationId());
        if (isFalse(lookup)) {
            return entry.stage();
        }
        return lookup.toCompletableFuture()
                .handle((isRevoked, failure) -> {
                    if (failure != null) {
                        throw Stages.gatewayError(failure);
                    }
                    if (isRevoked) {
                        throw Rejection.invalid();
                    }
                    return entry.token();
                })
                .minimalCompletionStage();
    }

    private static boolean isFalse(CompletionStage<Boolean> stage) {
        CompletableFuture<Boolean> future = stage.toCompletableFuture();
        return future.isDone() && !future.isCompletedExceptionally() && !future.join();
    }

    /** Returns the settings, without a key. */
    @Override
    public String toString() {
        return "JwtVerifier[" + rules + "]";
    }

    /** A token that {@link #cached} did not find, its digest and, if {@link #isCostly} was called, its parts. */
    private record Missed(String token, TokenDigest digest, TokenCheck.@Nullable Parsed parsed) {
        @Override
        public String toString() {
            return "Missed[redacted]";
        }
    }

    /** Collects the settings of a verifier. Not thread-safe. */
    public static final class Builder {
        private @Nullable KeySource keys;
        private @Nullable RevokedTokens revoked;
        private @Nullable String issuer;
        private @Nullable String audience;
        private Duration clockSkew = Duration.ofSeconds(30);
        private TimeSource time = TimeSource.system();
        private int maxTokenLength = DEFAULT_MAX_TOKEN_LENGTH;
        private int cacheSize = 10_000;
        private boolean acceptLegacyClaims;

        private Builder() {}

        /** Sets the source of the signing keys. */
        public Builder keys(KeySource source) {
            this.keys = requireNonNull(source, "source");
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

        /** Sets the {@code iss} that tokens must have; any or none by default. */
        public Builder issuer(String required) {
            this.issuer = requireNonNull(required, "required");
            return this;
        }

        /** Sets the {@code aud} that tokens must have; any or none by default. */
        public Builder audience(String required) {
            this.audience = requireNonNull(required, "required");
            return this;
        }

        /** Sets the list of tokens to reject before they expire; none by default. Never closed by the verifier. */
        public Builder revokedTokens(RevokedTokens list) {
            this.revoked = requireNonNull(list, "list");
            return this;
        }

        /**
         * Sets the tolerated difference between the issuer's clock and ours, 0 to 5 minutes; 30 seconds by default.
         */
        public Builder clockSkew(Duration skew) {
            this.clockSkew = Settings.within("clockSkew", skew, Duration.ZERO, Duration.ofMinutes(5));
            return this;
        }

        /**
         * Sets whether HS256 tokens of the former user service are accepted; false by default. They have {@code
         * expired_at} for {@code exp}, which is enforced, {@code issued_at} for {@code iat}, and {@code id} for {@code
         * jti}.
         */
        public Builder acceptLegacyClaims(boolean accept) {
            this.acceptLegacyClaims = accept;
            return this;
        }

        /** Sets the clocks; those of the system by default. */
        public Builder time(TimeSource source) {
            this.time = requireNonNull(source, "source");
            return this;
        }

        /**
         * Sets the maximum length of a token, 256 to 65536 characters; 8192 by default. Longer ones are rejected
         * unread.
         */
        public Builder maxTokenLength(int characters) {
            this.maxTokenLength = Settings.within("maxTokenLength", characters, 256, 65_536);
            return this;
        }

        /**
         * Sets the number of verified tokens that are cached, 0 to 10,000,000; 10,000 by default. Each counts for 1 KiB, or
         * for what it takes if that is more: a token with hundreds of roles takes 65 KiB. So the cache takes at most about
         * 10 MiB by default.
         */
        public Builder cacheSize(int tokens) {
            this.cacheSize = Settings.within("cacheSize", tokens, 0, 10_000_000);
            return this;
        }

        /**
         * Returns the verifier.
         *
         * @throws IllegalStateException if the keys are unset
         */
        public JwtVerifier build() {
            return new JwtVerifier(this);
        }
    }
}
