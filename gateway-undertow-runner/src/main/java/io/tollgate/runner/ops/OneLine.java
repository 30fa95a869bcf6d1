package io.tollgate.runner.ops;

/** Makes text from outside fit for a line of a log: nobody can end the line, start another or drive a terminal. */
final class OneLine {
    private static final int MAX_LENGTH = 8192;

    private OneLine() {}

    /** At most 8,192 characters of {@code text}, and a mark where there were more. */
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
