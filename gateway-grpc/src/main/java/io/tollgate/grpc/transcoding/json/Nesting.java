package io.tollgate.grpc.transcoding.json;

/**
 * The depth of messages, counted as the parsers of protobuf count it, which stop at 100 as well: an entry of a map is a message,
 * and a level of a {@code Struct} is three.
 */
final class Nesting {
    static final int LIMIT = 100;

    private Nesting() {}

    /** A value that is nested too deep. */
    static final class TooDeepException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooDeepException() {
            super("nested deeper than " + LIMIT + " levels", null, false, false);
        }
    }
}
