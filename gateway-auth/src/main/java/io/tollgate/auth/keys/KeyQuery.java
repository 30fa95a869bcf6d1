package io.tollgate.auth.keys;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * The key that is wanted of a {@link KeySource}: any, or one that may have signed a token.
 *
 * @param algorithm the algorithm in the token's header, which is not verified yet; empty if any key will do
 * @param kid the name of the key in the token's header; empty if there is none
 */
public record KeyQuery(Optional<SignatureAlgorithm> algorithm, Optional<String> kid) {
    private static final KeyQuery ANY = new KeyQuery(Optional.empty(), Optional.empty());

    public KeyQuery {
        requireNonNull(algorithm, "algorithm");
        requireNonNull(kid, "kid");
        if (algorithm.isEmpty() && kid.isPresent()) {
            throw new IllegalArgumentException("algorithm: none, with a kid (expected: the algorithm of the token)");
        }
    }

    /** Returns the query that every set satisfies. */
    public static KeyQuery any() {
        return ANY;
    }

    /** Returns the query for the key of a token with this header. */
    public static KeyQuery of(SignatureAlgorithm algorithm, Optional<String> kid) {
        return new KeyQuery(Optional.of(algorithm), kid);
    }

    /** Returns whether every set satisfies this query. */
    public boolean isAny() {
        return algorithm.isEmpty();
    }

    /** Returns whether the key is a secret, which no issuer publishes. */
    boolean isForSecret() {
        return algorithm.isPresent() && algorithm.get().isSymmetric();
    }
}
