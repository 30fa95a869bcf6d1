package io.tollgate.api.user;

/**
 * Tells characters that a person can see from those that only change how others look. A name with the latter looks like another
 * name, or turns around the text that follows it.
 */
final class VisibleText {
    private VisibleText() {}

    /**
     * Returns whether every character is visible or a space, and something is visible at all. Letters, marks, digits, punctuation
     * and symbols of every script that this JVM knows are visible. Not visible are control, format and private-use characters,
     * line and paragraph separators, unassigned code points, half surrogate pairs, and letters and marks that fonts do not draw
     * (Default_Ignorable_Code_Point: variation selectors, Hangul fillers and more). A combining mark must follow a character.
     */
    static boolean isVisible(String text) {
        boolean visible = false;
        int c;
        for (int i = 0; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            if (isInvisible(c) || (isMark(c) && i == 0)) {
                return false;
            }
            visible |= !isMark(c) && !Character.isSpaceChar(c);
        }
        return visible;
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
