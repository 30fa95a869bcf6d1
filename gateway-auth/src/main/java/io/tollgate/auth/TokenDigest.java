package io.tollgate.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * The SHA-256 of a token or of its id. It is the key of a cached token, so that a reader of the cache cannot present
 * its keys as tokens.
 */
record TokenDigest(long a, long b, long c, long d) {
    static TokenDigest of(String text) {
        ByteBuffer digest = ByteBuffer.wrap(Sha256.digest(text.getBytes(UTF_8)));
        return new TokenDigest(digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong());
    }

    /** Returns the digest as 43 characters of Base64url. */
    String text() {
        byte[] bytes = ByteBuffer.allocate(32)
                .putLong(a)
                .putLong(b)
                .putLong(c)
                .putLong(d)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Returns one word of the digest, which is evenly distributed. */
    @Override
    public int hashCode() {
        return Long.hashCode(a);
    }
}
