package io.tollgate.api.user;

/**
 * Checks email addresses as the HTTP contract has them: an unquoted local part, one {@code @}, and a domain of two labels or
 * more. Only mail can tell if someone reads it there.
 */
public final class EmailAddress {
    private static final int MAX_LENGTH = 254;
    private static final int MAX_LOCAL_PART = 64;
    private static final int MAX_LABEL = 63;

    private EmailAddress() {}

    /** Returns whether {@code text} is an address of at most 254 characters. */
    public static boolean isValid(String text) {
        int at = text.indexOf('@');
        return text.codePointCount(0, text.length()) <= MAX_LENGTH
                && at > 0
                && at <= MAX_LOCAL_PART
                && text.indexOf('@', at + 1) < 0
                && isLocalPart(text, at)
                && isDomain(text, at + 1);
    }

    /** RFC 5322, section 3.2.3, a dot-atom; beyond ASCII letters and other visible characters (RFC 6531), but no spaces. */
    private static boolean isLocalPart(String text, int end) {
        int before = '.';
        int c;
        for (int i = 0; i < end; i += Character.charCount(c)) {
            c = text.codePointAt(i);
            boolean first = before == '.';
            if (c == '.' ? first : !isAtext(c) || (first && VisibleText.isMark(c))) {
                return false;
            }
            before = c;
        }
        return before != '.';
    }

    private static boolean isAtext(int c) {
        if (c >= 0x80) {
            return !VisibleText.isInvisible(c) && !Character.isSpaceChar(c);
        }
        return c > ' ' && c < 0x7f && "\"(),:;<>@[\\]".indexOf(c) < 0;
    }

    /** RFC 1035, section 2.3.1: labels of letters, digits and inner hyphens; letters of any script (RFC 5890). */
    private static boolean isDomain(String text, int from) {
        int labels = 0;
        int start = from;
        while (start <= text.length()) {
            int dot = text.indexOf('.', start);
            int end = dot < 0 ? text.length() : dot;
            if (end == start
                    || end - start > MAX_LABEL
                    || text.charAt(start) == '-'
                    || text.charAt(end - 1) == '-'
                    || !isLabel(text, start, end)) {
                return false;
            }
            labels++;
            start = end + 1;
        }
        return labels >= 2;
    }

    private static boolean isLabel(String text, int from, int to) {
        int c;
        for (int i = from; i < to; i += Character.charCount(c)) {
            c = text.codePointAt(i);
            boolean mark = Character.getType(c) != Character.ENCLOSING_MARK && VisibleText.isMark(c) && i > from;
            if (VisibleText.isInvisible(c) || (c != '-' && !Character.isLetterOrDigit(c) && !mark)) {
                return false;
            }
        }
        return true;
    }
}
