package io.tollgate.auth;

import io.tollgate.api.Principal;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Estimates the bytes that a cached token takes on a 64-bit JVM with compressed references. A test compares the estimate with
 * the heap.
 */
final class TokenWeight {
    /** Digest, entry, stage, times, revocation id and the cache's own objects. */
    private static final int ENTRY = 512;

    private static final int STRING = 24 + 16;
    private static final int SET = 88;
    private static final int MAP = 88;
    private static final int MAP_ENTRY = 40;
    private static final int NUMBER = 24;
    /** A member of a nested object, which the JSON parser keeps in a tree. */
    private static final int MEMBER = 56;

    private TokenWeight() {}

    /** Returns the estimate, at most {@link Integer#MAX_VALUE}. */
    static int of(VerifiedTokens.Entry entry) {
        Principal principal = entry.token().principal();
        long bytes = ENTRY + string(principal.userId()) + set(principal.scopes()) + set(principal.roles());
        bytes += entry.token().id().map(TokenWeight::string).orElse(0L);
        bytes += MAP + table(principal.claims().size(), 4.0 / 3);
        for (Map.Entry<String, Object> claim : principal.claims().entrySet()) {
            bytes += MAP_ENTRY + string(claim.getKey()) + value(claim.getValue());
        }
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }

    private static long set(Collection<String> words) {
        long bytes = SET + table(words.size(), 2);
        for (String word : words) {
            bytes += MAP_ENTRY + string(word);
        }
        return bytes;
    }

    private static long value(@Nullable Object json) {
        if (json instanceof String text) {
            return string(text);
        }
        if (json instanceof Number) {
            return NUMBER;
        }
        if (json instanceof Collection<?> list) {
            long bytes = 40 + 6L * list.size();
            for (Object element : list) {
                bytes += value(element);
            }
            return bytes;
        }
        if (json instanceof Map<?, ?> object) {
            long bytes = MAP;
            for (Map.Entry<?, ?> member : object.entrySet()) {
                bytes += MEMBER + value(member.getKey()) + value(member.getValue());
            }
            return bytes;
        }
        return 0;
    }

    private static long string(String text) {
        boolean narrow = true;
        for (int i = 0; i < text.length() && narrow; i++) {
            narrow = text.charAt(i) <= 0xff;
        }
        return STRING + (text.length() * (narrow ? 1L : 2L) + 7) / 8 * 8;
    }

    /** Returns the bytes of a hash table, whose length is a power of two. */
    private static long table(int entries, double capacity) {
        return entries == 0 ? 0 : 16 + 8L * Integer.highestOneBit((int) (entries * capacity));
    }
}
