package io.tollgate.api.user;

import io.tollgate.api.FieldViolation;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks names of users: 3 to 50 characters (code points), all of them visible, with single spaces between them at most. So two
 * names that differ only in what cannot be seen are not both valid.
 *
 * <p>Letters, marks, digits, punctuation and symbols of every script are visible, as far as the JVM knows them: Java 17 has Unicode
 * 13, Java 25 has Unicode 16. Control, format and unassigned characters, variation selectors and spaces other than U+0020 are not
 * accepted. That includes the joiners U+200C and U+200D: Persian and Indic names must be written without them, and emoji that
 * consist of several are rejected.
 */
public final class Username {
    /** The minimum of characters (code points). */
    public static final int MIN_LENGTH = 3;

    /** The maximum of characters (code points). */
    public static final int MAX_LENGTH = 50;

    private Username() {}

    /** Returns whether {@code text} is a name. */
    public static boolean isValid(String text) {
        return violations("username", text).isEmpty();
    }

    /**
     * Returns all that is wrong with a name, with the codes {@code TOO_SHORT}, {@code TOO_LONG} and {@code INVALID_CHARACTERS};
     * empty if it is valid.
     *
     * @param field the name of the field that has the text
     */
    public static List<FieldViolation> violations(String field, String text) {
        List<FieldViolation> violations = new ArrayList<>(0);
        int length = text.codePointCount(0, text.length());
        if (length < MIN_LENGTH) {
            violations.add(new FieldViolation(field, "TOO_SHORT", "must have at least " + MIN_LENGTH + " characters"));
        } else if (length > MAX_LENGTH) {
            violations.add(new FieldViolation(field, "TOO_LONG", "must have at most " + MAX_LENGTH + " characters"));
        }
        if (!VisibleText.isVisible(text)) {
            violations.add(new FieldViolation(
                    field,
                    "INVALID_CHARACTERS",
                    "must have no control or invisible characters, and only single spaces, between others"));
        }
        return violations;
    }
}
