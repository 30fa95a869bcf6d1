package io.tollgate.auth.keys;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The keys that are valid at one moment: all of them verify, and the first that can sign signs. Immutable.
 *
 * <p>See {@link io.tollgate.auth.keys} for how to rotate a signing key.
 */
public final class KeySet {
    /**
     * The maximum number of keys. A token without a {@code kid} is tried with each key of its algorithm, so there must
     * be few.
     */
    static final int MAX_KEYS = 16;

    private final List<TokenKey> keys;
    private final Optional<TokenKey> signing;

    private KeySet(Collection<TokenKey> keys) {
        this.keys = List.copyOf(keys);
        this.signing = this.keys.stream().filter(TokenKey::canSign).findFirst();
        if (this.keys.size() > MAX_KEYS) {
            throw new IllegalArgumentException("keys: " + this.keys.size() + " (expected: at most " + MAX_KEYS + ")");
        }
    }

    /** Returns a set of at most 16 keys, in order of preference for signing. */
    public static KeySet of(TokenKey... keys) {
        return new KeySet(List.of(keys));
    }

    /** Returns a set of at most 16 keys, in order of preference for signing. */
    public static KeySet of(Collection<TokenKey> keys) {
        return new KeySet(keys);
    }

    /** Returns all keys, in order; unmodifiable. */
    public List<TokenKey> keys() {
        return keys;
    }

    /** Returns the key that signs; empty if none can. */
    public Optional<TokenKey> signing() {
        return signing;
    }

    /**
     * Returns the public keys as a JWK set (RFC 7517, section 5) for {@code /.well-known/jwks.json}: JSON without
     * secrets and private keys.
     */
    public String toPublicJwks() {
        List<JWK> published = new ArrayList<>();
        for (TokenKey key : keys) {
            key.publicJwk().ifPresent(published::add);
        }
        return new JWKSet(published).toString(true);
    }

    /** Returns whether the wanted key may be one of these: there are {@link #candidates} for it. */
    boolean mayHave(KeyQuery query) {
        if (query.isAny()) {
            return true;
        }
        SignatureAlgorithm algorithm = query.algorithm().orElseThrow();
        boolean named = isNamed(query.kid());
        for (int i = 0; i < keys.size(); i++) { // each request with a cached token comes here: no list, no iterator
            if (isCandidate(keys.get(i), algorithm, query.kid(), named)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether one of the keys has the name of the wanted key, whatever its algorithm. */
    public boolean names(KeyQuery query) {
        return isNamed(query.kid());
    }

    private boolean isNamed(Optional<String> kid) {
        for (int i = 0; kid.isPresent() && i < keys.size(); i++) {
            if (keys.get(i).kid().equals(kid)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the keys that may verify a token with this header. They are of its algorithm; of those, the ones with its
     * {@code kid} or, if no key has that name, the ones without a name.
     *
     * @param kid the name that the token has for its key; if empty, keys of all names are candidates
     */
    public List<TokenKey> candidates(SignatureAlgorithm algorithm, Optional<String> kid) {
        boolean named = isNamed(kid);
        List<TokenKey> candidates = new ArrayList<>(2);
        for (TokenKey key : keys) {
            if (isCandidate(key, algorithm, kid, named)) {
                candidates.add(key);
            }
        }
        return candidates;
    }

    private static boolean isCandidate(
            TokenKey key, SignatureAlgorithm algorithm, Optional<String> kid, boolean named) {
        return key.algorithm() == algorithm
                && (kid.isEmpty() || (named ? key.kid().equals(kid) : key.kid().isEmpty()));
    }

    /** Returns names and algorithms, without a key. */
    @Override
    public String toString() {
        return "KeySet" + keys;
    }
}
