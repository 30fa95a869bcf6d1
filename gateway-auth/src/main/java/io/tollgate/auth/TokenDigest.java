package io.tollgate.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;

/** SHA-256 of a token, by which it is remembered: whoever reads the heap's keys cannot present them as tokens. */
record TokenDigest(long a, long b, long c, long d) {
    static TokenDigest of(String token) {
        // A character beyond Latin-1 becomes '?', which no token has: such a string is never one of those remembered.
        ByteBuffer digest = ByteBuffer.wrap(Sha256.digest(token.getBytes(ISO_8859_1)));
        return new TokenDigest(digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong());
    }

    /** One word of a digest is as good a hash code as any. */
    @Override
    public int hashCode() {
        return Long.hashCode(a);
    }
}
