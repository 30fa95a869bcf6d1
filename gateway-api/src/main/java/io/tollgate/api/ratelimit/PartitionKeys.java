package io.tollgate.api.ratelimit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Computes the partition key ({@code pk}) of a {@code RateLimit-Policy}. By it a client that shares a bucket with others, or uses
 * several, can distinguish buckets without learning the bucket key, which may be the id or the address of a user.
 *
 * <pre>{@code
 * PartitionKeys keys = PartitionKeys.hmac(secret);
 * RateLimitHeaders.writeStandard(decisions, keys, response::setHeader);
 * }</pre>
 *
 * <p>Instances that share buckets should share the secret. Thread-safe.
 */
public final class PartitionKeys {
    /** The minimum length of the secret, in bytes. */
    public static final int MIN_SECRET_BYTES = 16;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 16;

    private final SecretKeySpec secret;

    private PartitionKeys(SecretKeySpec secret) {
        this.secret = secret;
    }

    /**
     * Returns partition keys that are the first 16 bytes of an HMAC-SHA256 of the policy's name, a colon and the bucket key.
     *
     * @param secret at least {@value #MIN_SECRET_BYTES} bytes; copied
     */
    public static PartitionKeys hmac(byte[] secret) {
        if (requireNonNull(secret, "secret").length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "secret: " + secret.length + " bytes (expected: " + MIN_SECRET_BYTES + " or more)");
        }
        return new PartitionKeys(new SecretKeySpec(secret, ALGORITHM));
    }

    /** Returns the partition key of the check's bucket, as a byte sequence of RFC 9651: base64 between two colons. */
    String of(RateLimitCheck check) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            byte[] digest = mac.doFinal((check.policy() + ':' + check.key()).getBytes(UTF_8));
            return ':' + Base64.getEncoder().encodeToString(Arrays.copyOf(digest, KEY_BYTES)) + ':';
        } catch (GeneralSecurityException e) {
            // Every JDK has this algorithm.
            throw new IllegalStateException(e);
        }
    }

    /** Returns the algorithm, without the secret. */
    @Override
    public String toString() {
        return "PartitionKeys[" + ALGORITHM + "]";
    }
}
