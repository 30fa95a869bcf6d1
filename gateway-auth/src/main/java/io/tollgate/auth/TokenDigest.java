package io.tollgate.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Base64;

/** SHA-256 of a token or of its id, by which it is remembered: whoever reads the keys cannot present them as tokens. */
record TokenDigest(long a, long b, long c, long d) {
    static TokenDigest of(String text) {
        ByteBuffer digest = ByteBuffer.wrap(Sha256.digest(text.getBytes(UTF_8)));
        return new TokenDigest(digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong());
    }

    /** As 43 characters of Base64url. */
    String text() {
        byte[] bytes = ByteBuffer.allocate(32)
                .putLong(a)
                .putLong(b)
                .putLong(c)
                .putLong(d)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** One word of a digest is as good a hash code as any. */
    @Override
    public int hashCode() {
        return Long.hashCode(a);
    }
}
