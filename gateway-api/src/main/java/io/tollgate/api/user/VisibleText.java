package io.tollgate.api.user;

/**
 * Distinguishes characters that a person can see from those that only change how others look. A name with the latter looks like
 * another name, or reverses the text that follows it.
 *
 * <p>The categories are those of the Unicode version of the JVM, 13 for Java 17 and 16 for Java 25: a character that is newer is
 * unassigned there, and so not visible. The joiners U+200C and U+200D are format characters, and not visible: Persian and Indic
 * words must be written without them, and emoji that consist of several are not accepted.
 */
final class VisibleText {
    private VisibleText() {}

    /**
     * Returns whether every character is visible or a single space (U+0020) between two others. Letters, marks, digits, punctuation
     * and symbols of every script that this JVM knows are visible. Not visible are other spaces, control, format and private-use
     * characters, line and paragraph separators, unassigned code points, half surrogate pairs, and letters and marks that fonts do
     * not draw (Default_Ignorable_Code_Point: variation selectors, Hangul fillers and more). A combining mark must follow a
     * character.
     */
    static boolean isVisible(String text) {
        int before = ' ';
        int c;
        for (int i = 0; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            boolean accepted = (c == ' ' || isMark(c))
                    ? before != ' ' && !isInvisible(c)
                    : !isInvisible(c) && !Character.isSpaceChar(c);
            if (!accepted) {
                return false;
            }
            before = c;
        }
        return before != ' ';
    }

    static boolean isMark(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK -> true;
            default -> false;
        };
    }

    static boolean isInvisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> isBlank(c);
        };
    }

    /** Unicode 16, DerivedCoreProperties.txt, Default_Ignorable_Code_Point, as far as the categories do not tell; and Braille. */
    private static boolean isBlank(int c) {
        return c == 0x034F // combining grapheme joiner
                || c == 0x115F // Hangul fillers
                || c == 0x1160
                || c == 0x3164
                || c == 0xFFA0
                || c == 0x17B4 // Khmer inherent vowels
                || c == 0x17B5
                || c == 0x2800 // a cell of Braille without dots
                || (c >= 0x180B && c <= 0x180F) // Mongolian variation selectors
                || (c >= 0xFE00 && c <= 0xFE0F) // variation selectors
                || (c >= 0xE0100 && c <= 0xE01EF);
    }
}
