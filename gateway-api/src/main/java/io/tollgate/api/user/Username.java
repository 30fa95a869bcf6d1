package io.tollgate.api.user;

/** Checks names of users as the HTTP contract has them: 3 to 50 characters, all of them visible. */
public final class Username {
    /** The minimum of characters (code points). */
    public static final int MIN_LENGTH = 3;

    /** The maximum of characters (code points). */
    public static final int MAX_LENGTH = 50;

    private Username() {}

    /** Returns whether {@code text} is a name of 3 to 50 visible characters. */
    public static boolean isValid(String text) {
        int length = text.codePointCount(0, text.length());
        return length >= MIN_LENGTH && length <= MAX_LENGTH && isVisible(text);
    }

    /**
     * Returns whether {@code text} has only characters that a person can see, and spaces between them: no control, format,
     * bidirectional or unassigned characters, no variation selectors, and no combining mark without a character before it.
     */
    public static boolean isVisible(String text) {
        return VisibleText.isVisible(text);
    }
}
