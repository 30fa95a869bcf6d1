package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.RateLimitCheck;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names a bucket: the policy and a key of bounded length. */
record BucketKey(String policy, String key) {
    /** Longer keys are digested, so that a client who chooses its key cannot choose how much memory it takes. */
    static final int MAX_LENGTH = 256;

    private static final String DIGESTED = "sha256:";

    static BucketKey of(RateLimitCheck check) {
        return new BucketKey(check.policy(), bounded(check.key()));
    }

    /** {@code key} itself, or its digest if it is long, or if it looks like one and could so be mistaken for another. */
    static String bounded(String key) {
        return key.length() <= MAX_LENGTH && !key.startsWith(DIGESTED) ? key : digest(key);
    }

    static String digest(String key) {
        try {
            // The chars themselves: every charset turns all lone surrogates into the same replacement.
            ByteBuffer chars = ByteBuffer.allocate(2 * key.length());
            chars.asCharBuffer().put(key);
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(chars.array());
            return DIGESTED + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
