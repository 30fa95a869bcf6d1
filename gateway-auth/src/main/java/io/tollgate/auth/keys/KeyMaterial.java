package io.tollgate.auth.keys;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import org.jspecify.annotations.Nullable;

/**
 * The signer and verifier of a key, made once.
 *
 * @param header the header that the verifier checks against: the key's algorithm and nothing else
 * @param signer null for a key that only verifies
 * @param publicKey null for a secret
 * @param thumbprint of the secret or the public key (RFC 7638)
 */
record KeyMaterial(
        JWSHeader header,
        JWSVerifier verifier,
        @Nullable JWSSigner signer,
        @Nullable PublicKey publicKey,
        String thumbprint) {
    private static final byte[] PROBE = {1, 2, 3};

    static KeyMaterial secret(SignatureAlgorithm algorithm, byte[] secret) {
        int least = minSecretBytes(algorithm);
        if (secret.length < least) {
            throw new IllegalArgumentException(
                    "secret: " + secret.length + " bytes (expected: at least " + least + " for " + algorithm + ")");
        }
        try {
            return new KeyMaterial(
                    new JWSHeader(algorithm.jws()),
                    new MACVerifier(secret),
                    new MACSigner(secret),
                    null,
                    thumbprintOf(new OctetSequenceKey.Builder(secret).build()));
        } catch (JOSEException e) {
            throw new IllegalArgumentException("secret: not usable for " + algorithm, e);
        }
    }

    static KeyMaterial asymmetric(SignatureAlgorithm algorithm, PublicKey key, @Nullable PrivateKey privateKey) {
        try {
            JWSVerifier verifier;
            JWSSigner signer;
            switch (algorithm) {
                case RS256, PS256 -> {
                    RSAPublicKey rsa = fitting(algorithm, key, RSAPublicKey.class, "an RSA key");
                    int bits = rsa.getModulus().bitLength();
                    if (bits < 2048 || bits > 8192) {
                        throw new IllegalArgumentException("key: RSA of " + bits + " bits (expected: 2048 to 8192)");
                    }
                    verifier = new RSASSAVerifier(rsa);
                    signer = privateKey == null ? null : new RSASSASigner(privateKey);
                }
                case ES256 -> {
                    ECPublicKey ec = fitting(algorithm, key, ECPublicKey.class, "an EC key");
                    if (!Curve.P_256.equals(Curve.forECParameterSpec(ec.getParams()))) {
                        throw new IllegalArgumentException("key: EC (expected: the curve P-256 for ES256)");
                    }
                    verifier = new ECDSAVerifier(ec);
                    signer = privateKey == null ? null : new ECDSASigner(privateKey, Curve.P_256);
                }
                case EdDSA -> {
                    EdECPublicKey ed = fitting(algorithm, key, EdECPublicKey.class, "an Ed25519 key");
                    if (!ed.getParams().getName().equals("Ed25519")) {
                        throw new IllegalArgumentException(
                                "key: " + ed.getParams().getName() + " (expected: Ed25519 for EdDSA)");
                    }
                    verifier = new Ed25519.Verifier(ed);
                    signer = privateKey == null ? null : new Ed25519.Signer(privateKey);
                }
                default ->
                    throw new IllegalArgumentException(
                            "algorithm: " + algorithm + " (expected: RS256, PS256, ES256 or EdDSA for a key pair)");
            }
            JWSHeader header = new JWSHeader(algorithm.jws());
            if (signer != null && !verifier.verify(header, PROBE, signer.sign(header, PROBE))) {
                throw new IllegalArgumentException("key: the private key is not that of the public key");
            }
            return new KeyMaterial(header, verifier, signer, key, thumbprintOf(jwk(key, algorithm, null)));
        } catch (JOSEException e) {
            throw new IllegalArgumentException("key: not usable for " + algorithm, e);
        }
    }

    private static <K extends PublicKey> K fitting(
            SignatureAlgorithm algorithm, PublicKey key, Class<K> type, String expected) {
        if (!type.isInstance(requireNonNull(key, "key"))) {
            throw new IllegalArgumentException(
                    "key: " + key.getAlgorithm() + " (expected: " + expected + " for " + algorithm + ")");
        }
        return type.cast(key);
    }

    private static int minSecretBytes(SignatureAlgorithm algorithm) {
        return switch (algorithm) {
            case HS256 -> 32;
            case HS384 -> 48;
            case HS512 -> 64;
            default ->
                throw new IllegalArgumentException(
                        "algorithm: " + algorithm + " (expected: HS256, HS384 or HS512 for a secret)");
        };
    }

    private static String thumbprintOf(@Nullable JWK jwk) throws JOSEException {
        return requireNonNull(jwk).computeThumbprint().toString();
    }

    /**
     * Returns the public key as a JWK, made from it alone, so that nothing private can be in it; null for a secret.
     */
    @Nullable
    JWK publicJwk(SignatureAlgorithm algorithm, @Nullable String kid) {
        return jwk(publicKey, algorithm, kid);
    }

    private static @Nullable JWK jwk(
            @Nullable PublicKey publicKey, SignatureAlgorithm algorithm, @Nullable String kid) {
        if (publicKey instanceof RSAPublicKey rsa) {
            return new RSAKey.Builder(rsa)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(algorithm.jws())
                    .keyID(kid)
                    .build();
        }
        if (publicKey instanceof ECPublicKey ec) {
            return new ECKey.Builder(Curve.P_256, ec)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(algorithm.jws())
                    .keyID(kid)
                    .build();
        }
        if (publicKey instanceof EdECPublicKey ed) {
            return new OctetKeyPair.Builder(Curve.Ed25519, Ed25519.encode(ed))
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(algorithm.jws())
                    .keyID(kid)
                    .build();
        }
        return null;
    }

    /** Redacts everything: a thumbprint of a weak secret would help to guess it. */
    @Override
    public String toString() {
        return "KeyMaterial[redacted]";
    }
}
