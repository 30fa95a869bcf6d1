package io.tollgate.auth.testkit;

import static java.util.Objects.requireNonNull;

import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keys for tests, of every algorithm: RSA of 2048 bits, EC on P-256, Ed25519, and secrets of 64 bytes.
 *
 * <pre>{@code
 * TokenKey key = TestKeys.of(SignatureAlgorithm.ES256).withKid("2026-01");
 * JwtVerifier verifier = JwtVerifier.builder().keys(KeySource.fixed(key)).build();
 * String token = TestToken.of("ann").signedWith(key);
 * }</pre>
 *
 * <p>They are random, and made once in each run of tests: no key is in a file that somebody might use in production. Thread-safe.
 */
public final class TestKeys {
    private static final Map<SignatureAlgorithm, TestKeys> KEYS = new EnumMap<>(SignatureAlgorithm.class);

    static {
        for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
            KEYS.put(algorithm, new TestKeys(algorithm));
        }
    }

    private final TokenKey key;
    private final byte[] secret;
    private final Optional<KeyPair> pair;

    private TestKeys(SignatureAlgorithm algorithm) {
        if (algorithm.isSymmetric()) {
            secret = randomBytes(64);
            pair = Optional.empty();
            key = TokenKey.secret(algorithm, secret);
        } else {
            secret = new byte[0];
            pair = Optional.of(newPair(algorithm));
            key = TokenKey.pair(algorithm, pair.get());
        }
    }

    private static TestKeys ofRun(SignatureAlgorithm algorithm) {
        return KEYS.get(requireNonNull(algorithm, "algorithm"));
    }

    /** Returns the key of an algorithm, always the same in one run; it signs and verifies, and has no {@code kid}. */
    public static TokenKey of(SignatureAlgorithm algorithm) {
        return ofRun(algorithm).key;
    }

    /** Returns the pair of {@link #of}, for an algorithm of pairs. */
    public static KeyPair pairOf(SignatureAlgorithm algorithm) {
        return ofRun(algorithm).pair.orElseThrow(() -> noPairs(algorithm));
    }

    /** Returns the bytes of {@link #of}, for an algorithm of secrets. */
    public static byte[] secretOf(SignatureAlgorithm algorithm) {
        if (!algorithm.isSymmetric()) {
            throw new IllegalArgumentException("algorithm: " + algorithm + " (expected: HS256, HS384 or HS512)");
        }
        return ofRun(algorithm).secret.clone();
    }

    /** Returns another key, which nobody else has. */
    public static TokenKey fresh(SignatureAlgorithm algorithm) {
        return algorithm.isSymmetric()
                ? TokenKey.secret(algorithm, randomBytes(64))
                : TokenKey.pair(algorithm, newPair(algorithm));
    }

    /** Returns another pair, for an algorithm of pairs. */
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
                default -> throw noPairs(algorithm);
            };
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static IllegalArgumentException noPairs(SignatureAlgorithm algorithm) {
        return new IllegalArgumentException("algorithm: " + algorithm + " (expected: RS256, PS256, ES256 or EdDSA)");
    }

    /** Returns random bytes. */
    public static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }
}
