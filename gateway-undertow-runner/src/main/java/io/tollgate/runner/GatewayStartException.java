package io.tollgate.runner;

/** A gateway could not start. The message is one line that says what was tried and what stood in the way. */
public final class GatewayStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GatewayStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
