package io.tollgate.grpc.transcoding.json;

/** A message of a service that cannot be written as JSON. The message is for the log, never for a client. */
public final class UnusableMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableMessageException(String message) {
        super(message, null, false, false);
    }
}
