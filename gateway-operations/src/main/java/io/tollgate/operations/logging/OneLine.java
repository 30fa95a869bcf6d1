package io.tollgate.operations.logging;

/** Makes untrusted text safe for a log line: it cannot end the line, forge another one or control a terminal. */
final class OneLine {
    private static final int MAX_LENGTH = 8192;

    private OneLine() {}

    /** Returns at most 8,192 characters of {@code text}, with an ellipsis if it is longer. */
    static String shortened(String text) {
        return shortened(text, MAX_LENGTH);
    }

    static String shortened(String text, int maxLength) {
        return text.length() <= maxLength ? text : text.substring(0, maxLength) + "…";
    }

    /** Appends {@code text} with line ends, control and formatting characters escaped. */
    static void append(StringBuilder line, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (isPlain(c)) {
                        line.append(c);
                    } else {
                        line.append(String.format("\\u%04x", (int) c));
                    }
                }
            }
        }
    }

    private static boolean isPlain(char c) {
        if (c >= ' ' && c < 0x7f) {
            return true;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
