package io.tollgate.api;

/** The families of errors: the {@code error} property of an error response. */
public enum ErrorType {
    /** The request is malformed or breaks a rule that the client can read. */
    VALIDATION_ERROR,
    /** The request is well-formed, but the state of the system does not admit it. */
    PRECONDITION_ERROR,
    /** Who is asking is not known. */
    AUTHENTICATION_ERROR,
    /** Who is asking is known, and may not. */
    AUTHORIZATION_ERROR,
    /** There is no such thing. */
    NOT_FOUND_ERROR,
    /** The resource exists and does not do that. */
    METHOD_ERROR,
    /** The request is at odds with what others did, or with what the client did before. */
    CONFLICT_ERROR,
    /** Too many requests. */
    RATE_LIMIT_ERROR,
    /** A fault of ours or of a service behind us. */
    INTERNAL_ERROR,
    /** The service behind us does not implement the operation. */
    NOT_IMPLEMENTED_ERROR,
    /** We, or a service behind us, cannot serve at the moment. */
    SERVICE_ERROR,
    /** Time ran out. */
    TIMEOUT_ERROR
}
