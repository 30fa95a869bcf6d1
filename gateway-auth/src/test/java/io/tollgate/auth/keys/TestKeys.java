package io.tollgate.auth.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.jwk.Curve;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;

/** One key of each type, made once per run, and tokens signed with them whatever they say. */
public final class TestKeys {
    private static final Base64.Encoder BASE64_URL = Base64.getUrlEncoder().withoutPadding();
    private static final Map<SignatureAlgorithm, KeyPair> PAIRS = new EnumMap<>(SignatureAlgorithm.class);
    private static final Map<SignatureAlgorithm, byte[]> SECRETS = new EnumMap<>(SignatureAlgorithm.class);
    private static final Map<SignatureAlgorithm, TokenKey> KEYS = new EnumMap<>(SignatureAlgorithm.class);

    static {
        for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
            if (algorithm.isSymmetric()) {
                SECRETS.put(algorithm, randomBytes(64));
                KEYS.put(algorithm, TokenKey.secret(algorithm, SECRETS.get(algorithm)));
            } else {
                KeyPair pair = newPair(algorithm);
                PAIRS.put(algorithm, pair);
                KEYS.put(algorithm, TokenKey.pair(algorithm, pair));
            }
        }
    }

    private TestKeys() {}

    public static TokenKey of(SignatureAlgorithm algorithm) {
        return KEYS.get(algorithm);
    }

    public static KeyPair pairOf(SignatureAlgorithm algorithm) {
        return PAIRS.get(algorithm);
    }

    /** The bytes of a symmetric key. */
    public static byte[] secretOf(SignatureAlgorithm algorithm) {
        return SECRETS.get(algorithm).clone();
    }

    public static TokenKey fresh(SignatureAlgorithm algorithm) {
        return algorithm.isSymmetric()
                ? TokenKey.secret(algorithm, randomBytes(64))
                : TokenKey.pair(algorithm, newPair(algorithm));
    }

    public static KeyPair newPair(SignatureAlgorithm algorithm) {
        try {
            KeyPairGenerator generator = switch (algorithm) {
                case RS256, PS256 -> {
                    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
                    rsa.initialize(2048);
                    yield rsa;
                }
                case ES256 -> {
                    KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
                    ec.initialize(new ECGenParameterSpec("secp256r1"));
                    yield ec;
                }
                case EdDSA -> KeyPairGenerator.getInstance("Ed25519");
                default -> throw new IllegalArgumentException("no pairs for " + algorithm);
            };
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns a token of ES256 with the other signature that ECDSA has for the same text: anyone can compute n - s. */
    public static String twin(String token) {
        int dot = token.lastIndexOf('.');
        byte[] signature = Base64.getUrlDecoder().decode(token.substring(dot + 1));
        BigInteger n = Curve.P_256.toECParameterSpec().getOrder();
        BigInteger s = n.subtract(new BigInteger(1, Arrays.copyOfRange(signature, 32, 64)));
        byte[] other = Arrays.copyOf(signature, 64);
        for (int i = 0; i < 32; i++) {
            other[63 - i] = s.shiftRight(8 * i).byteValue();
        }
        return token.substring(0, dot + 1) + BASE64_URL.encodeToString(other);
    }

    public static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    /** A compact token of exactly this header and these claims, whose signature is good. */
    public static String sign(TokenKey key, String header, String claims) {
        return signParts(key, base64Url(header), base64Url(claims));
    }

    /** A compact token of exactly these parts, whose signature is good. */
    public static String signParts(TokenKey key, String header, String claims) {
        String input = header + "." + claims;
        return input + "." + key.sign(input.getBytes(US_ASCII));
    }

    public static String base64Url(String text) {
        return base64Url(text.getBytes(UTF_8));
    }

    public static String base64Url(byte[] bytes) {
        return BASE64_URL.encodeToString(bytes);
    }
}
