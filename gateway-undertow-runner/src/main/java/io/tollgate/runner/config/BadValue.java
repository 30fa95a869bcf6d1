package io.tollgate.runner.config;

import org.jspecify.annotations.Nullable;

/** A text that is no value of its type. */
final class BadValue extends Exception {
    private final @Nullable String offending;

    /** The whole text is wrong. */
    BadValue() {
        this(null);
    }

    /** This part of it is. */
    BadValue(@Nullable String offending) {
        super(offending, null, false, false);
        this.offending = offending;
    }

    String offendingOr(String whole) {
        return offending == null ? whole : offending;
    }
}
