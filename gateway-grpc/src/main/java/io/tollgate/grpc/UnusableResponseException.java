package io.tollgate.grpc;

/** A response that no working service would give. The call that it belongs to becomes an internal error, with this in the log. */
final class UnusableResponseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String fault;

    /** @param fault the end of a sentence whose subject is the service, such as {@code responded without a user} */
    UnusableResponseException(String fault) {
        super(fault, null, false, false);
        this.fault = fault;
    }

    String fault() {
        return fault;
    }
}
