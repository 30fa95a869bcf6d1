package io.tollgate.ratelimit;

import io.tollgate.api.ratelimit.RateLimitCheck;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** The name of a bucket: the policy and a key of bounded length. */
record BucketKey(String policy, String key) {
    /** Longer keys are digested, so that a client that chooses its key cannot choose how much memory it takes. */
    static final int MAX_LENGTH = 256;

    private static final String DIGESTED = "sha256:";

    static BucketKey of(RateLimitCheck check) {
        return new BucketKey(check.policy(), bounded(check.key()));
    }

    /**
     * Returns {@code key} itself, or its digest if it is long, or if it looks like a digest and could be mistaken for
     * one.
     */
    static String bounded(String key) {
        return key.length() <= MAX_LENGTH && !key.startsWith(DIGESTED) ? key : digest(key);
    }

    static String digest(String key) {
        // The chars themselves: every charset turns all lone surrogates into the same replacement.
        ByteBuffer chars = ByteBuffer.allocate(2 * key.length());
        chars.asCharBuffer().put(key);
        return DIGESTED + HexFormat.of().formatHex(Sha256.digest(chars.array()));
    }
}
