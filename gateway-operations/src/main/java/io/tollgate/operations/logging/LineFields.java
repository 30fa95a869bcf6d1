package io.tollgate.operations.logging;

import java.io.IOException;

/** The fields of a log line, which are read when the line is written. They must not change after they were logged. */
@FunctionalInterface
public interface LineFields {
    /**
     * Passes the fields to {@code line}. The thread that writes log lines calls this; it must not block.
     *
     * @throws IOException if {@code line} throws it
     */
    void writeTo(FieldWriter line) throws IOException;
}
