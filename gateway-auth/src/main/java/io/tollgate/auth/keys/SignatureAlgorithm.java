package io.tollgate.auth.keys;

import com.nimbusds.jose.JWSAlgorithm;
import java.util.Optional;

/** A signature algorithm that a key can be bound to (RFC 7518, section 3.1; RFC 8037). There is no {@code none}. */
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

    /** Returns the algorithm of that name, exactly as RFC 7518 spells it. */
    public static Optional<SignatureAlgorithm> named(String name) {
        for (SignatureAlgorithm algorithm : values()) {
            if (algorithm.name().equals(name)) {
                return Optional.of(algorithm);
            }
        }
        return Optional.empty();
    }

    /** Returns whether the same key signs and verifies; such a key is a secret and must not be published. */
    public boolean isSymmetric() {
        return this == HS256 || this == HS384 || this == HS512;
    }

    JWSAlgorithm jws() {
        return JWSAlgorithm.parse(name());
    }
}
