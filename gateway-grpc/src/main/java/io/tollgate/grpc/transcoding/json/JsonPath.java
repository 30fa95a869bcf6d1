package io.tollgate.grpc.transcoding.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The place in a body that is being read: {@code book.authors[2].name}, {@code labels["a"]}. Cheap until it is read. */
final class JsonPath {
    private static final int MAX_NAME = 100;
    private static final long KEY = 1L << 62;
    private static final int LENGTH_BITS = 31;

    /** Names of properties; null where an element of a list or a map stands. */
    private @Nullable String[] names = new String[8];

    /** Indexes of lists, and where in the body the keys of maps are. */
    private long[] elements = new long[8];

    private int depth;

    void push(@Nullable String name) {
        if (depth == names.length) {
            names = Arrays.copyOf(names, 2 * depth);
            elements = Arrays.copyOf(elements, 2 * depth);
        }
        names[depth++] = name;
    }

    /** Changes the last part, which is no name, to an index. */
    void index(int index) {
        elements[depth - 1] = index;
    }

    /** Changes the last part, which is no name, to a key. */
    void key(int from, int to) {
        elements[depth - 1] = KEY | (long) from << LENGTH_BITS | to - from;
    }

    void pop() {
        depth--;
    }

    int depth() {
        return depth;
    }

    /** Returns the path in words. */
    String text(byte[] json) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < depth; i++) {
            String name = names[i];
            if (name != null) {
                text.append(text.isEmpty() ? "" : ".").append(name);
            } else if ((elements[i] & KEY) == 0) {
                text.append('[').append(elements[i]).append(']');
            } else {
                int from = (int) ((elements[i] & ~KEY) >>> LENGTH_BITS);
                int length = (int) (elements[i] & Integer.MAX_VALUE);
                text.append("[\"")
                        .append(shown(new String(json, from, length, UTF_8)))
                        .append("\"]");
            }
        }
        return text.toString();
    }

    /** Returns the path of a property that no field has, in words. */
    String text(byte[] json, int from, int to) {
        String parent = text(json);
        String name = shown(new String(json, from, to - from, UTF_8));
        boolean plain = !name.isEmpty();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            plain &= Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '@' || c == '$' || c == '…';
        }
        if (!plain) {
            return parent + "[\"" + name + "\"]";
        }
        return parent.isEmpty() ? name : parent + '.' + name;
    }

    /** Returns a name of the client's, cut if it is long. Control characters cannot be in it: JSON escapes them, and so do we. */
    private static String shown(String name) {
        if (name.length() <= MAX_NAME) {
            return name;
        }
        boolean pair = Character.isHighSurrogate(name.charAt(MAX_NAME - 1));
        return name.substring(0, pair ? MAX_NAME - 1 : MAX_NAME) + '…';
    }
}
