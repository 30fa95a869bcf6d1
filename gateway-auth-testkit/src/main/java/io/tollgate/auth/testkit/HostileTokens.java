package io.tollgate.auth.testkit;

import static java.util.Objects.requireNonNull;

import io.tollgate.auth.keys.TokenKey;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Access tokens that must be rejected: {@code alg: none}, a public key used as a secret, {@code jku}, {@code x5u} and {@code
 * jwk} headers, unknown keys, duplicate members, wrong times, users, issuers and audiences, tokens that are huge, nested or
 * spelled differently, and signatures that are changed. Each differs from a good one in one thing: where the fault is in the
 * header or the claims, the signature is made with the right key, so that only the rule in question rejects it.
 *
 * <pre>{@code
 * HostileTokens hostile = HostileTokens.of(key, time.now()).withIssuer("https://issuer.example");
 * assertAccepted(verifier, hostile.good());
 * hostile.all().forEach((name, token) -> assertRejected(verifier, token, name));
 * }</pre>
 *
 * <p>Some tokens have characters that no HTTP header can carry, and one has a megabyte. The good token is of the user {@code u},
 * and expires after 15 minutes; some of the others are bad by one second beyond a clock skew of 30 seconds, so a test uses a
 * clock that stands still. Immutable.
 */
public final class HostileTokens {
    private final TokenKey key;
    private final Instant now;
    private final Optional<String> issuer;
    private final Optional<String> audience;

    private HostileTokens(TokenKey key, Instant now, Optional<String> issuer, Optional<String> audience) {
        this.key = requireNonNull(key, "key");
        this.now = requireNonNull(now, "now");
        this.issuer = issuer;
        this.audience = audience;
    }

    /**
     * Returns the hostile tokens for a verifier.
     *
     * @param key the key that signs, which must be the only one of the verifier
     * @param now the time of the verifier
     */
    public static HostileTokens of(TokenKey key, Instant now) {
        return new HostileTokens(key, now, Optional.empty(), Optional.empty());
    }

    /** Returns the tokens for a verifier that demands an issuer, with tokens of others. */
    public HostileTokens withIssuer(String name) {
        return new HostileTokens(key, now, Optional.of(name), audience);
    }

    /** Returns the tokens for a verifier that demands an audience, with tokens for others. */
    public HostileTokens withAudience(String name) {
        return new HostileTokens(key, now, issuer, Optional.of(name));
    }

    /** Returns the token that all others differ from, which must be accepted. */
    public String good() {
        return new HostileTexts(this, Map.of()).good;
    }

    /** Returns the tokens to reject, by name, in order; unmodifiable. Signs hundreds of tokens at each call. */
    public Map<String, String> all() {
        Map<String, String> tokens = new LinkedHashMap<>();
        new HostileHeaders(this, tokens).fill();
        new HostileClaims(this, tokens).fill();
        new HostileTexts(this, tokens).fill();
        return Collections.unmodifiableMap(tokens);
    }

    TokenKey key() {
        return key;
    }

    Instant now() {
        return now;
    }

    Optional<String> issuer() {
        return issuer;
    }

    Optional<String> audience() {
        return audience;
    }

    /** Returns the key and the time. */
    @Override
    public String toString() {
        return "HostileTokens[" + key + ", " + now + "]";
    }
}
