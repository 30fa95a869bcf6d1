package io.tollgate.config;

import org.jspecify.annotations.Nullable;

/** A text is no value of its type. Thrown by a {@link ValueType.Parser}; it has no stack trace. */
public final class BadValue extends Exception {
    private final @Nullable String offending;

    /** Creates one for a text that is wrong as a whole. */
    public BadValue() {
        this(null);
    }

    /** Creates one for a text of which {@code offending} is wrong; null for the whole. */
    public BadValue(@Nullable String offending) {
        super(offending, null, false, false);
        this.offending = offending;
    }

    String offendingOr(String whole) {
        return offending == null ? whole : offending;
    }
}
