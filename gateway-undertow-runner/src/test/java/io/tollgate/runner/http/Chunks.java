package io.tollgate.runner.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the framing of a chunked body (RFC 9112, section 7.1); slow, and a reference for what is fast. Extensions and trailers are
 * not used, so that any text without a control character is one.
 */
final class Chunks {
    private static final String TEXT = "[^\\x00-\\x08\\x0a-\\x1f\\x7f]";
    private static final Pattern SIZE = Pattern.compile("([0-9A-Fa-f]+)([;\\t ]" + TEXT + "*)?\\r\\n");
    private static final Pattern TRAILERS = Pattern.compile("(?:" + TEXT + "+\\r\\n)*\\r\\n");

    private Chunks() {}

    /** Returns the body at the beginning of {@code bytes}; null if there is none. */
    static @Nullable String decoded(byte[] bytes) {
        String text = new String(bytes, ISO_8859_1);
        StringBuilder body = new StringBuilder();
        Matcher size = SIZE.matcher(text);
        int at = 0;
        while (size.region(at, text.length()).lookingAt()) {
            if (size.group(1).matches("0+")) {
                Matcher trailers = TRAILERS.matcher(text).region(size.end(), text.length());
                return trailers.lookingAt() ? body.toString() : null;
            }
            if (size.group(1).replaceFirst("^0+", "").length() > 7) {
                return null;
            }
            int end = size.end() + Integer.parseInt(size.group(1), 16);
            if (end + 2 > text.length() || !text.startsWith("\r\n", end)) {
                return null;
            }
            body.append(text, size.end(), end);
            at = end + 2;
        }
        return null;
    }
}
