package io.tollgate.config;

import java.util.List;
import java.util.stream.Collectors;

/** A text is no value of its type. Thrown by a {@link ValueType.Parser}; it has no stack trace. */
public final class BadValue extends Exception {
    /** Of a list with more faults than this, the rest is counted. */
    private static final int MAX_SHOWN = 20;

    private final List<String> offending;

    /** Creates one for a text that is wrong as a whole. */
    public BadValue() {
        this(List.of());
    }

    /** Creates one for a text of which {@code offending} is wrong. */
    public BadValue(String offending) {
        this(List.of(offending));
    }

    /** Creates one for a list of which these elements are wrong; none for the whole. */
    public BadValue(List<String> offending) {
        super(null, null, false, false);
        this.offending = List.copyOf(offending);
    }

    List<String> offendingOr(String whole) {
        return offending.isEmpty() ? List.of(whole) : offending;
    }

    /** Returns the wrong elements of {@code whole}, or all of it, for a message. */
    String shown(String whole, boolean secret) {
        if (offending.isEmpty() && secret) {
            return "<redacted>";
        }
        List<String> wrong = offendingOr(whole);
        return wrong.stream().limit(MAX_SHOWN).map(ConfigValues::printable).collect(Collectors.joining(", "))
                + (wrong.size() > MAX_SHOWN ? " and " + (wrong.size() - MAX_SHOWN) + " more" : "");
    }
}
