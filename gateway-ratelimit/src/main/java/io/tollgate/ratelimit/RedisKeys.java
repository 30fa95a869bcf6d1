package io.tollgate.ratelimit;

/** Keys in the form in which they are written to Redis: visible ASCII of bounded length, whatever a client sends. */
final class RedisKeys {
    private RedisKeys() {}

    /**
     * Returns {@code key} with braces, percent signs and all characters other than visible ASCII percent-encoded; its
     * SHA-256 digest if that is too long. Different keys stay different.
     */
    static String readable(String key) {
        int plain = 0;
        while (plain < key.length() && isPlain(key.charAt(plain))) {
            plain++;
        }
        String encoded = plain == key.length() ? key : encode(key, plain);
        return encoded.length() <= BucketKey.MAX_LENGTH ? BucketKey.bounded(encoded) : BucketKey.digest(key);
    }

    private static boolean isPlain(char c) {
        return c > ' ' && c < 0x7f && c != '{' && c != '}' && c != '%';
    }

    private static String encode(String key, int plain) {
        if (key.length() > BucketKey.MAX_LENGTH) {
            return key;
        }
        StringBuilder encoded = new StringBuilder(key.length() + 32).append(key, 0, plain);
        for (int i = plain; i < key.length(); i++) {
            char c = key.charAt(i);
            if (isPlain(c)) {
                encoded.append(c);
            } else {
                int codePoint = key.codePointAt(i);
                i += Character.charCount(codePoint) - 1;
                percent(encoded, codePoint);
            }
        }
        return encoded.toString();
    }

    /** Appends the bytes of UTF-8. Encodes lone surrogates too, which no charset encodes without loss. */
    private static void percent(StringBuilder to, int codePoint) {
        if (codePoint < 0x80) {
            hex(to, codePoint);
        } else if (codePoint < 0x800) {
            hex(to, 0xc0 | (codePoint >> 6));
            hex(to, 0x80 | (codePoint & 0x3f));
        } else if (codePoint < 0x10000) {
            hex(to, 0xe0 | (codePoint >> 12));
            hex(to, 0x80 | ((codePoint >> 6) & 0x3f));
            hex(to, 0x80 | (codePoint & 0x3f));
        } else {
            hex(to, 0xf0 | (codePoint >> 18));
            hex(to, 0x80 | ((codePoint >> 12) & 0x3f));
            hex(to, 0x80 | ((codePoint >> 6) & 0x3f));
            hex(to, 0x80 | (codePoint & 0x3f));
        }
    }

    private static void hex(StringBuilder to, int value) {
        to.append('%')
                .append(Character.toUpperCase(Character.forDigit(value >> 4, 16)))
                .append(Character.toUpperCase(Character.forDigit(value & 15, 16)));
    }
}
