package io.tollgate.api;

import java.util.regex.Pattern;

/**
 * Removes credentials from texts that people read, such as messages, log lines and pages: the user and the password of a URL, its
 * query and its fragment, and the values of {@code password=…}, {@code password: …} and the like. Removes too much rather than
 * too little.
 *
 * <pre>{@code
 * String host = Redaction.ofValue("redis://:hunter2@redis:6379"); // <redacted>@redis:6379
 * String line = Redaction.ofText("cannot fetch https://host/keys?token=abc"); // cannot fetch https://host/keys?<redacted>
 * }</pre>
 */
public final class Redaction {
    /** The replacement of what is removed. */
    public static final String REDACTED = "<redacted>";

    /** The user of a URL: a password may contain any character, and so the last at sign ends it. */
    private static final Pattern USER_OF_URL = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]{0,31}:/+).*@", Pattern.DOTALL);

    /** A word with an at sign in it; the scheme may be missing or misspelt. */
    private static final Pattern USER = Pattern.compile("(?<!\\S)(?!\\S*" + REDACTED + "@)[^\\s@]\\S*@(?=\\S)");

    /** Up to a space or a double quote, which no query contains; punctuation at the end is that of the text. */
    private static final Pattern QUERY_OF_URL =
            Pattern.compile("(:/[^\\s?#]*[?#])(?![)\\]},]*(?:[\\s\"]|$))[^\\s\"]*[^\\s\")\\]},]");

    /** A URL with a password and no host; digits after a name are a port. */
    private static final Pattern PASSWORD_ALONE =
            Pattern.compile("(://)(?::|[^\\s/?#:@\\[]+:(?!\\d{1,5}(?:[^A-Za-z0-9]|$)))\\S*");

    private static final Pattern ASSIGNMENT = Pattern.compile(
            "(?i)((?:password|passwd|pwd|secret|token|key|credentials?|authorization)[\"']?\\s*[=:]\\s*)\\S.*",
            Pattern.DOTALL);

    /**
     * In a message fewer words are suspicious than in a value: {@code key=user} is a setting. The value is a quoted string or a
     * word, which may follow the name of a scheme.
     */
    private static final Pattern PASSWORD_ASSIGNED = Pattern.compile(
            "(?i)((?:password|passwd|pwd|credentials?|authorization)[\"']?\\s*[=:]\\s*(?:(?:Bearer|Basic)\\s+)?)"
                    + "(?:\"[^\"]*\"?|'[^']*'?|\\S*[^\\s,)}])");

    /** Of more than this nothing is shown anyway, and the patterns above take longer than linear time. */
    private static final int MAX_LENGTH = 8192;

    private Redaction() {}

    /**
     * Returns a value that may be a URL, malformed as it may be: without everything that precedes an at sign, and without what
     * follows a question mark or a number sign.
     */
    public static String ofValue(String value) {
        String shown = shortened(withoutUser(value));
        for (int i = 0; i < shown.length() - 1; i++) {
            if (shown.charAt(i) == '?' || shown.charAt(i) == '#') {
                shown = shown.substring(0, i + 1) + REDACTED;
                break;
            }
        }
        shown = PASSWORD_ALONE.matcher(shown).replaceAll("$1" + REDACTED);
        return ASSIGNMENT.matcher(shown).replaceAll("$1" + REDACTED);
    }

    /**
     * Returns a text that may quote values, such as a message: without the users, queries and fragments of URLs, and without what
     * is assigned to a password.
     */
    public static String ofText(String text) {
        String shown = text.length() > MAX_LENGTH ? shortened(withoutUser(text)) : text;
        if (shown.indexOf('@') >= 0) {
            shown = USER_OF_URL.matcher(shown).replaceAll("$1" + REDACTED + "@");
            shown = USER.matcher(shown).replaceAll(REDACTED + "@");
        }
        if (shown.indexOf(":/") >= 0) {
            shown = QUERY_OF_URL.matcher(shown).replaceAll("$1" + REDACTED);
            shown = PASSWORD_ALONE.matcher(shown).replaceAll("$1" + REDACTED);
        }
        return shown.indexOf('=') < 0 && shown.indexOf(':') < 0
                ? shown
                : PASSWORD_ASSIGNED.matcher(shown).replaceAll("$1" + REDACTED);
    }

    /** Returns whether {@code text} contains a URL with a user or a password. */
    public static boolean hasUser(String text) {
        int scheme = text.indexOf("://");
        return scheme > 0 && text.indexOf('@', scheme) > 0;
    }

    private static String withoutUser(String value) {
        int at = value.lastIndexOf('@');
        return at < 0 ? value : REDACTED + value.substring(at);
    }

    private static String shortened(String text) {
        return text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text;
    }
}
