package io.tollgate.auth.keys;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The keys that are good at one moment: all of them verify, the first that can sign signs. Immutable.
 *
 * <p>To rotate: put the new key behind the old one and wait until every verifier has the new set; put it first; and when
 * the last token of the old key has expired, take the old one out.
 */
public final class KeySet {
    /** A token without a {@code kid} is tried with each key of its algorithm, so there must not be many. */
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

    /** A set of at most 16 keys, in order of preference for signing. */
    public static KeySet of(TokenKey... keys) {
        return new KeySet(List.of(keys));
    }

    /** A set of at most 16 keys, in order of preference for signing. */
    public static KeySet of(Collection<TokenKey> keys) {
        return new KeySet(keys);
    }

    /** All keys, in order; unmodifiable. */
    public List<TokenKey> keys() {
        return keys;
    }

    /** The key that signs, if one of them can. */
    public Optional<TokenKey> signing() {
        return signing;
    }

    /**
     * The public keys as a JWK set (RFC 7517, section 5), fit for {@code /.well-known/jwks.json}: JSON without a secret
     * or a private part.
     */
    public String toPublicJwks() {
        List<JWK> published = new ArrayList<>();
        for (TokenKey key : keys) {
            key.publicJwk().ifPresent(published::add);
        }
        return new JWKSet(published).toString(true);
    }

    /** Whether a token with this {@code kid} has candidates here: its key by name, or keys without a name. */
    boolean mayKnow(String kid) {
        return keys.stream()
                .anyMatch(key -> key.kid().isEmpty() || key.kid().get().equals(kid));
    }

    private boolean hasKid(String kid) {
        return keys.stream().anyMatch(key -> key.kid().filter(kid::equals).isPresent());
    }

    /**
     * Returns the keys that may verify a token with this header: of its algorithm, those of its {@code kid} or, if no key has
     * that name, those without a name.
     *
     * @param kid the name of the key that the token claims; all names are candidates if the token names none
     */
    public List<TokenKey> candidates(SignatureAlgorithm algorithm, Optional<String> kid) {
        boolean named = kid.isPresent() && hasKid(kid.get());
        List<TokenKey> candidates = new ArrayList<>(2);
        for (TokenKey key : keys) {
            boolean fits =
                    kid.isEmpty() || (named ? key.kid().equals(kid) : key.kid().isEmpty());
            if (fits && key.algorithm() == algorithm) {
                candidates.add(key);
            }
        }
        return candidates;
    }

    /** Names and algorithms, never a key. */
    @Override
    public String toString() {
        return "KeySet" + keys;
    }
}
