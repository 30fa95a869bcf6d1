package io.tollgate.operations.logging;

import java.io.IOException;

/** Writes fields into a log line, in the order of the calls. */
public interface FieldWriter {
    /** Writes a text. One of more than 8,192 characters is shortened. */
    void field(String name, String value) throws IOException;

    /** Writes an integer. Other appenders than ours see an {@link Integer}. */
    default void field(String name, int value) throws IOException {
        field(name, (long) value);
    }

    /** Writes an integer. */
    void field(String name, long value) throws IOException;

    /** Writes a number; {@code NaN} and infinities become texts. */
    void field(String name, double value) throws IOException;

    /** Writes a boolean. */
    void field(String name, boolean value) throws IOException;
}
