package io.tollgate.auth;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.GatewayException;
import io.tollgate.api.TimeSource;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.revocation.RevokedTokens;
import io.tollgate.auth.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Verifies access tokens that are signed JWTs (RFC 7519, RFC 8725), whoever issued them.
 *
 * <p>The algorithm belongs to the key and is never chosen by the token; {@code none}, encrypted, nested and compressed
 * tokens, tokens that bring or point to a key, and tokens with {@code crit} are refused. {@code exp} is required;
 * {@code iss} and {@code aud} are checked where configured. The user id is the claim {@code user_id}, else {@code sub}.
 *
 * <pre>{@code
 * TokenVerifier verifier = JwtVerifier.builder()
 *         .keys(KeySource.fixed(TokenKey.secret(SignatureAlgorithm.HS256, secret)))
 *         .issuer("https://users.example")
 *         .build();
 * }</pre>
 */
public final class JwtVerifier implements TokenVerifier {
    static final int DEFAULT_MAX_TOKEN_LENGTH = 8 * 1024;

    private final KeySource keys;
    private final ClaimRules rules;
    private final TimeSource time;
    private final int maxTokenLength;
    private final VerifiedTokens verified;
    private final @Nullable RevokedTokens revoked;

    /** The latest miss: {@link #verify} of the same token usually comes next, and need not compute its digest again. */
    private volatile @Nullable Missed missed;

    private JwtVerifier(Builder builder) {
        this.keys = Settings.required("keys", builder.keys, "keys(...) or secret(...) before build()");
        this.rules = new ClaimRules(
                Optional.ofNullable(builder.issuer),
                Optional.ofNullable(builder.audience),
                builder.clockSkew,
                builder.acceptLegacyClaims);
        this.time = builder.time;
        this.maxTokenLength = builder.maxTokenLength;
        this.verified = new VerifiedTokens(builder.cacheSize);
        this.revoked = builder.revoked;
    }

    /** Starts with the defaults; only the keys must be given. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * <p>The stage is already complete unless the key source has to look for the key, or {@link RevokedTokens} has to ask
     * somebody.
     */
    @Override
    public CompletionStage<AccessToken> verify(String token) {
        if (token.length() > maxTokenLength) {
            return CompletableFuture.failedStage(Refusal.malformed());
        }
        TokenDigest digest = digest(token);
        VerifiedTokens.Entry hit = current(digest);
        verified.count(hit != null);
        return hit != null ? unlessRevoked(hit) : verifyAnew(token, digest).thenCompose(this::unlessRevoked);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Checks what a later {@link #verify} of a cached token checks: that the token has not expired, without tolerance for
     * clocks that differ, that its signing key is still in the set, and that {@link RevokedTokens} at once returns that it
     * is not revoked. Empty if the list has to ask somebody; {@code verify} then asks it again.
     */
    @Override
    public Optional<AccessToken> cached(String token) {
        if (token.length() > maxTokenLength) {
            return Optional.empty();
        }
        TokenDigest digest = TokenDigest.of(token);
        VerifiedTokens.Entry hit = current(digest);
        if (hit == null) {
            missed = new Missed(token, digest);
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
     * <p>False if {@link #verify} needs no asymmetric signature and no key that is not {@linkplain KeySource#atHand at hand}:
     *
     * <ul>
     *   <li>the keys at hand are all secrets, one of which verifies or rejects the token (the token is not read then if any
     *       {@code kid} may belong to one of them);
     *   <li>the token is rejected unread: it is too long, malformed, or its header is not acceptable;
     *   <li>its {@code alg} and {@code kid} leave secrets or no key at all, and the source need not look for more.
     * </ul>
     *
     * <p>True otherwise, also for a token that is cached, and where the signature turns out to be cheap to reject. Starts no
     * search for a key. Does not count a list of revoked tokens that asks another process, since only a token with a valid
     * signature reaches it.
     */
    @Override
    public boolean isCostly(String token) {
        if (token.length() > maxTokenLength) {
            return false;
        }
        Optional<KeySet> any = keys.atHand(Optional.empty());
        if (any.isPresent() && decidesBySecret(any.get())) {
            return false;
        }
        TokenHeader header;
        try {
            header = TokenHeader.check(CompactJws.parse(token).header());
        } catch (GatewayException e) {
            return false;
        }
        Optional<KeySet> atHand = header.kid().isEmpty() ? any : keys.atHand(header.kid());
        return atHand.isEmpty()
                || (!header.algorithm().isSymmetric()
                        && !atHand.get()
                                .candidates(header.algorithm(), header.kid())
                                .isEmpty());
    }

    /**
     * Refuses an access token from now on, wherever the list of revoked tokens is known; does nothing for one that is not
     * accepted anyway.
     *
     * @throws IllegalStateException if there is no such list
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

    /** How much the memory of verified tokens saves. */
    public CacheStats cacheStats() {
        return verified.stats();
    }

    /** Returns whether all keys are secrets, one of which may belong to any {@code kid}, so that no other key is searched. */
    private static boolean decidesBySecret(KeySet set) {
        boolean anyKid = false;
        for (TokenKey key : set.keys()) {
            if (!key.algorithm().isSymmetric()) {
                return false;
            }
            anyKid |= key.kid().isEmpty();
        }
        return anyKid;
    }

    private TokenDigest digest(String token) {
        Missed last = missed;
        return last != null && last.token().equals(token) ? last.digest() : TokenDigest.of(token);
    }

    /** Returns the cache's entry if its token has not expired and its key has not been retired. */
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
        Optional<KeySet> atHand = keys.atHand(key.kid());
        if (atHand.isPresent()) {
            return atHand.get().keys().contains(key);
        }
        CompletableFuture<KeySet> now = keys.keys(key.kid()).toCompletableFuture();
        return now.isDone()
                && !now.isCompletedExceptionally()
                && now.join().keys().contains(key);
    }

    private CompletionStage<VerifiedTokens.Entry> verifyAnew(String token, TokenDigest digest) {
        try {
            CompactJws jws = CompactJws.parse(token);
            TokenHeader header = TokenHeader.check(jws.header());
            return keys.keys(header.kid()).handle((keySet, failure) -> {
                if (failure != null) {
                    throw Stages.gatewayError(failure);
                }
                return verifyWith(keySet, jws, header, digest);
            });
        } catch (GatewayException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private VerifiedTokens.Entry verifyWith(KeySet keySet, CompactJws jws, TokenHeader header, TokenDigest digest) {
        for (TokenKey key : keySet.candidates(header.algorithm(), header.kid())) {
            if (key.verifies(jws.signingInput(), jws.signature())) {
                Instant now = time.now();
                AccessToken token = rules.check(jws.claims(), key.algorithm(), now);
                String revocationId =
                        token.id().map(id -> TokenDigest.of(id).text()).orElseGet(digest::text);
                VerifiedTokens.Entry entry = new VerifiedTokens.Entry(token, key, revocationId);
                // Not in the leeway after exp: what is remembered is never remembered past it.
                if (now.isBefore(token.expiresAt())) {
                    verified.put(digest, entry);
                }
                return entry;
            }
        }
        throw Refusal.invalid();
    }

    private CompletionStage<AccessToken> unlessRevoked(VerifiedTokens.Entry entry) {
        if (revoked == null) {
            return entry.stage();
        }
        CompletionStage<Boolean> answer = revoked.isRevoked(entry.revocationId());
        if (isFalse(answer)) {
            return entry.stage();
        }
        return answer.toCompletableFuture()
                .handle((isRevoked, failure) -> {
                    if (failure != null) {
                        throw Stages.gatewayError(failure);
                    }
                    if (isRevoked) {
                        throw Refusal.invalid();
                    }
                    return entry.token();
                })
                .minimalCompletionStage();
    }

    private static boolean isFalse(CompletionStage<Boolean> stage) {
        CompletableFuture<Boolean> future = stage.toCompletableFuture();
        return future.isDone() && !future.isCompletedExceptionally() && !future.join();
    }

    /** Its settings, never a key. */
    @Override
    public String toString() {
        return "JwtVerifier[" + rules + "]";
    }

    /** A token that {@link #cached} did not find. */
    private record Missed(String token, TokenDigest digest) {
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

        /** Where the keys come from. */
        public Builder keys(KeySource source) {
            this.keys = requireNonNull(source, "source");
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

        /** The {@code iss} that tokens must have; by default any or none. */
        public Builder issuer(String required) {
            this.issuer = requireNonNull(required, "required");
            return this;
        }

        /** The {@code aud} that tokens must be for; by default any or none. */
        public Builder audience(String required) {
            this.audience = requireNonNull(required, "required");
            return this;
        }

        /** The list of tokens to refuse before they expire; by default there is none. Never closed by the verifier. */
        public Builder revokedTokens(RevokedTokens list) {
            this.revoked = requireNonNull(list, "list");
            return this;
        }

        /** By how much the issuer's clock may differ from ours, 0 to 5 minutes; by default 30 seconds. */
        public Builder clockSkew(Duration skew) {
            this.clockSkew = Settings.within("clockSkew", skew, Duration.ZERO, Duration.ofMinutes(5));
            return this;
        }

        /**
         * Whether HS256 tokens of the former user service are accepted: those with {@code expired_at} in place of
         * {@code exp}, which is then enforced, {@code issued_at} for {@code iat} and {@code id} for {@code jti}; by
         * default not.
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

        /** Longer tokens are refused unread, 256 to 65536 characters; by default 8192. */
        public Builder maxTokenLength(int characters) {
            this.maxTokenLength = Settings.within("maxTokenLength", characters, 256, 65_536);
            return this;
        }

        /** How many verified tokens are remembered, 0 to 10,000,000 at about 1 KiB each; by default 10,000. */
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
