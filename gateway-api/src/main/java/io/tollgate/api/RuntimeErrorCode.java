package io.tollgate.api;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/** A code that is not a constant of an enum. */
record RuntimeErrorCode(String name, ErrorType type, int httpStatus) implements ErrorCode {
    static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9_]{0,62}");

    RuntimeErrorCode {
        requireNonNull(type, "type");
        if (!NAME.matcher(requireNonNull(name, "name")).matches()) {
            throw new IllegalArgumentException("name: \"" + name + "\" (expected: [A-Z][A-Z0-9_]{0,62})");
        }
        if (httpStatus < 400 || httpStatus > 599) {
            throw new IllegalArgumentException("httpStatus: " + httpStatus + " (expected: 400 to 599)");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
