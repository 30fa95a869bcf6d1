package io.tollgate.auth.keys;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one key from a PEM file (RFC 7468): a {@code PUBLIC KEY}, a {@code PRIVATE KEY}, or one of each. */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final List<String> TYPES = List.of("RSA", "EC", "Ed25519");

    private Pem() {}

    /**
     * Reads the key.
     *
     * @param algorithm by default RS256, ES256 or EdDSA, by the type of key
     */
    static TokenKey read(String pem, Optional<SignatureAlgorithm> algorithm) {
        Map<String, byte[]> blocks = blocks(pem);
        byte[] privateDer = blocks.get("PRIVATE KEY");
        byte[] publicDer = blocks.get("PUBLIC KEY");
        if (privateDer == null && publicDer == null) {
            throw new IllegalArgumentException("PEM blocks " + blocks.keySet()
                    + " (expected: PRIVATE KEY, which openssl pkcs8 -topk8 -nocrypt writes, or PUBLIC KEY)");
        }
        PrivateKey privateKey = privateDer == null ? null : privateKey(privateDer);
        PublicKey publicKey = publicDer != null ? publicKey(publicDer) : publicPartOf(privateKey);
        SignatureAlgorithm chosen = algorithm.orElseGet(() -> usualFor(publicKey));
        return privateKey == null
                ? TokenKey.verifying(chosen, publicKey)
                : TokenKey.pair(chosen, new KeyPair(publicKey, privateKey));
    }

    private static Map<String, byte[]> blocks(String pem) {
        Map<String, byte[]> blocks = new LinkedHashMap<>();
        Matcher matcher = BLOCK.matcher(pem);
        while (matcher.find()) {
            String label = matcher.group(1);
            try {
                if (blocks.put(label, Base64.getMimeDecoder().decode(matcher.group(2))) != null) {
                    throw new IllegalArgumentException("two blocks " + label + " (expected: one key per file)");
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("block " + label + ": " + e.getMessage());
            }
        }
        return blocks;
    }

    private static PrivateKey privateKey(byte[] der) {
        return read("PRIVATE KEY", factory -> factory.generatePrivate(new PKCS8EncodedKeySpec(der)));
    }

    private static PublicKey publicKey(byte[] der) {
        return read("PUBLIC KEY", factory -> factory.generatePublic(new X509EncodedKeySpec(der)));
    }

    /** Tries the types of keys in turn: a factory rejects keys that are not of its type. */
    private static <K> K read(String block, Reading<K> reading) {
        InvalidKeySpecException rejection = null;
        for (String type : TYPES) {
            try {
                return reading.by(KeyFactory.getInstance(type));
            } catch (InvalidKeySpecException e) {
                rejection = e;
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
        throw new IllegalArgumentException(block + ": not readable (expected: RSA, EC or Ed25519)", rejection);
    }

    /** Returns the public key of an RSA private key; the JDK cannot compute that of other types. */
    private static PublicKey publicPartOf(@Nullable PrivateKey privateKey) {
        if (!(privateKey instanceof RSAPrivateCrtKey rsa)) {
            throw new IllegalArgumentException(
                    "PRIVATE KEY alone (expected: PUBLIC KEY in the same file, which openssl pkey -pubout writes)");
        }
        try {
            BigInteger modulus = rsa.getModulus();
            return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, rsa.getPublicExponent()));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("PRIVATE KEY: not a usable RSA key", e);
        }
    }

    private static SignatureAlgorithm usualFor(PublicKey key) {
        if (key instanceof RSAKey) {
            return SignatureAlgorithm.RS256;
        }
        if (key instanceof ECKey) {
            return SignatureAlgorithm.ES256;
        }
        if (key instanceof EdECKey) {
            return SignatureAlgorithm.EdDSA;
        }
        throw new IllegalStateException("key: " + key.getAlgorithm() + " (expected: RSA, EC or Ed25519)");
    }

    private interface Reading<K> {
        K by(KeyFactory factory) throws InvalidKeySpecException;
    }
}
