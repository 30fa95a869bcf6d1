package io.tollgate.grpc.transcoding;

import java.util.regex.Pattern;

/**
 * A pattern of full names: {@code *} stands for one part or within one, and {@code **} at the end for one part or more.
 *
 * @param text such as {@code library.v1.LibraryService.Delete*}
 */
record NamePattern(String text, Pattern pattern) {
    private static final Pattern SYNTAX = Pattern.compile("([A-Za-z0-9_*]+\\.)*[A-Za-z0-9_*]+");

    static NamePattern of(String setting, String text) {
        boolean rest = text.equals("**") || text.endsWith(".**");
        String start = rest ? text.substring(0, text.length() - 2) : text;
        if (!SYNTAX.matcher(text).matches() || start.contains("**")) {
            throw new IllegalArgumentException(setting + ": \"" + text
                    + "\" (expected: a full name such as library.v1.LibraryService.GetBook; * stands for one part or within"
                    + " one, ** at the end for the rest)");
        }
        String regex = start.replace(".", "\\.").replace("*", "[^.]*") + (rest ? ".+" : "");
        return new NamePattern(text, Pattern.compile(regex));
    }

    boolean matches(String fullName) {
        return pattern.matcher(fullName).matches();
    }

    @Override
    public String toString() {
        return text;
    }
}
