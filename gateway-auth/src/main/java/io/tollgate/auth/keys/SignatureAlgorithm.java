package io.tollgate.auth.keys;

import com.nimbusds.jose.JWSAlgorithm;
import java.util.Optional;

/** The signature algorithms that a key can be bound to (RFC 7518, section 3.1; RFC 8037). There is no {@code none}. */
public enum SignatureAlgorithm {
    /** HMAC with SHA-256: a secret of at least 32 bytes. */
    HS256,
    /** HMAC with SHA-384: a secret of at least 48 bytes. */
    HS384,
    /** HMAC with SHA-512: a secret of at least 64 bytes. */
    HS512,
    /** RSASSA-PKCS1-v1_5 with SHA-256: RSA of 2048 to 8192 bits. */
    RS256,
    /** RSASSA-PSS with SHA-256: RSA of 2048 to 8192 bits. */
    PS256,
    /** ECDSA with SHA-256 on the curve P-256. */
    ES256,
    /** EdDSA on the curve Ed25519. */
    EdDSA;

    /** The algorithm of that name, exactly as RFC 7518 spells it. */
    public static Optional<SignatureAlgorithm> named(String name) {
        for (SignatureAlgorithm algorithm : values()) {
            if (algorithm.name().equals(name)) {
                return Optional.of(algorithm);
            }
        }
        return Optional.empty();
    }

    /** Whether the key that verifies also signs, and so must never be published. */
    public boolean isSymmetric() {
        return this == HS256 || this == HS384 || this == HS512;
    }

    JWSAlgorithm jws() {
        return JWSAlgorithm.parse(name());
    }
}
