package io.tollgate.grpc;

/** Makes text of unknown origin fit for a client. */
final class OneLine {
    static final int MAX_LENGTH = 256;

    private OneLine() {}

    /**
     * One printable line of at most {@value #MAX_LENGTH} characters, possibly empty: whatever does not print (controls,
     * line breaks, direction overrides, halves of characters) becomes a space, and runs of spaces become one.
     */
    static String of(String text) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), MAX_LENGTH));
        boolean gap = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (!prints(c)) {
                gap = line.length() > 0;
                continue;
            }
            if (line.length() + (gap ? 1 : 0) + Character.charCount(c) > MAX_LENGTH) {
                break;
            }
            if (gap) {
                line.append(' ');
                gap = false;
            }
            line.appendCodePoint(c);
        }
        return line.toString();
    }

    private static boolean prints(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }
}
