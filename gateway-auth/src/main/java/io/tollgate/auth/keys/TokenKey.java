package io.tollgate.auth.keys;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.Base64URL;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A signing key with the one algorithm that it is used with, and the name ({@code kid}) that tokens have for it, if
 * any. Immutable and thread-safe. Equal keys have the same name, algorithm and key material; whether they can sign does
 * not matter.
 */
public final class TokenKey {
    private static final int MAX_KID_LENGTH = 256;

    private final Optional<String> kid;
    private final SignatureAlgorithm algorithm;
    private final KeyMaterial material;

    private TokenKey(@Nullable String kid, SignatureAlgorithm algorithm, KeyMaterial material) {
        this.kid = Optional.ofNullable(kid);
        this.algorithm = algorithm;
        this.material = material;
    }

    /**
     * Returns a secret that signs and verifies.
     *
     * @param algorithm one of HS256, HS384, HS512
     * @param secret at least as many bytes as the hash of the algorithm has: 32, 48 or 64; copied
     */
    public static TokenKey secret(SignatureAlgorithm algorithm, byte[] secret) {
        return new TokenKey(null, algorithm, KeyMaterial.secret(algorithm, secret.clone()));
    }

    /**
     * Returns a key pair that signs and verifies.
     *
     * @param algorithm one of RS256, PS256, ES256, EdDSA, which fits the pair
     */
    public static TokenKey pair(SignatureAlgorithm algorithm, KeyPair pair) {
        return new TokenKey(
                null,
                algorithm,
                KeyMaterial.asymmetric(algorithm, pair.getPublic(), requireNonNull(pair.getPrivate())));
    }

    /**
     * Returns a public key, which only verifies.
     *
     * @param algorithm one of RS256, PS256, ES256, EdDSA, which fits the key
     */
    public static TokenKey verifying(SignatureAlgorithm algorithm, PublicKey key) {
        return new TokenKey(null, algorithm, KeyMaterial.asymmetric(algorithm, key, null));
    }

    /** Returns the same key under the name that tokens have for it, 1 to 256 visible ASCII characters. */
    public TokenKey withKid(String name) {
        if (!isKid(name)) {
            throw new IllegalArgumentException("kid: (expected: 1 to " + MAX_KID_LENGTH + " visible ASCII characters)");
        }
        return new TokenKey(name, algorithm, material);
    }

    /** Returns whether {@code name} can be a {@code kid}: 1 to 256 visible ASCII characters. */
    public static boolean isKid(String name) {
        return !name.isEmpty()
                && name.length() <= MAX_KID_LENGTH
                && name.chars().allMatch(c -> c > ' ' && c <= '~');
    }

    /** Returns the name that tokens have for the key. */
    public Optional<String> kid() {
        return kid;
    }

    /** Returns the one algorithm that the key is used with. */
    public SignatureAlgorithm algorithm() {
        return algorithm;
    }

    /** Returns whether the key can issue tokens; every key can verify them. */
    public boolean canSign() {
        return material.signer() != null;
    }

    /**
     * Returns whether this key made the signature, with its own algorithm. Takes about 1 to 1,300 microseconds of CPU,
     * depending on the algorithm.
     *
     * @param signingInput the text that was signed, in ASCII (RFC 7515, section 5.1)
     * @param signature the signature in Base64url; any other text is not a valid signature
     */
    public boolean verifies(byte[] signingInput, String signature) {
        try {
            // The key's own header: the token does not choose how its signature is checked.
            return material.verifier().verify(material.header(), signingInput, new Base64URL(signature));
        } catch (JOSEException e) {
            return false;
        }
    }

    /**
     * Signs with this key's algorithm.
     *
     * @param signingInput the text to sign, in ASCII (RFC 7515, section 5.1)
     * @return the signature, in Base64url
     * @throws IllegalStateException if this key only verifies
     */
    public String sign(byte[] signingInput) {
        JWSSigner signer = material.signer();
        if (signer == null) {
            throw new IllegalStateException(this + ": cannot sign (expected: a secret or a key pair)");
        }
        try {
            return signer.sign(material.header(), signingInput).toString();
        } catch (JOSEException e) {
            throw new IllegalStateException(this + ": signing failed", e);
        }
    }

    /** Returns the public key as a JWK; empty for a secret. */
    Optional<JWK> publicJwk() {
        return Optional.ofNullable(material.publicJwk(algorithm, kid.orElse(null)));
    }

    /** Returns the public key; empty for a secret. */
    public Optional<PublicKey> publicKey() {
        return Optional.ofNullable(material.publicKey());
    }

    /** Returns the thumbprint of the public key (RFC 7638); empty for a secret. */
    Optional<String> thumbprint() {
        return publicKey().map(key -> material.thumbprint());
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof TokenKey other
                && kid.equals(other.kid)
                && algorithm == other.algorithm
                && material.thumbprint().equals(other.material.thumbprint());
    }

    @Override
    public int hashCode() {
        return Objects.hash(kid, algorithm, material.thumbprint());
    }

    /** Returns name and algorithm, without the key. */
    @Override
    public String toString() {
        return "TokenKey[kid=" + kid.orElse("none") + ", algorithm=" + algorithm + ", "
                + (canSign() ? "signs" : "verifies") + "]";
    }
}
