package io.tollgate.auth.refresh;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;

/**
 * The last 1,024 used tokens of one family, by the first 8 bytes of each SHA-256. This is enough to tell a used token
 * from an invented one: to present either, a client must know the 128 random bits of the family.
 */
final class UsedHashes {
    static final int MAX = 1024;

    private long[] ring = new long[4];
    private int count;

    void add(String hash) {
        if (count == ring.length && ring.length < MAX) {
            ring = Arrays.copyOf(ring, ring.length * 2);
        }
        ring[count % MAX] = fingerprint(hash);
        count++;
    }

    boolean contains(String hash) {
        long wanted = fingerprint(hash);
        for (int i = Math.min(count, ring.length) - 1; i >= 0; i--) {
            if (ring[i] == wanted) {
                return true;
            }
        }
        return false;
    }

    /** Returns 8 of the 9 bytes that 12 characters of Base64 hold. */
    private static long fingerprint(String hash) {
        return ByteBuffer.wrap(Base64.getUrlDecoder().decode(hash.substring(0, 12)))
                .getLong();
    }
}
