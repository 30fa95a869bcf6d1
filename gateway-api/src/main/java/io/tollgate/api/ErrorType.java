package io.tollgate.api;

/** The families of errors: the {@code error} property of an error response. */
public enum ErrorType {
    /** The request is malformed, or breaks a rule of the API. */
    VALIDATION_ERROR,
    /** The request is well-formed, but the state of the system does not permit it. */
    PRECONDITION_ERROR,
    /** The request has no valid credentials. */
    AUTHENTICATION_ERROR,
    /** The user is authenticated but lacks a permission. */
    AUTHORIZATION_ERROR,
    /** The resource or the route does not exist. */
    NOT_FOUND_ERROR,
    /** The resource exists but does not support the method. */
    METHOD_ERROR,
    /** The request conflicts with another request, or with an earlier one of the same client. */
    CONFLICT_ERROR,
    /** The client sends too many requests. */
    RATE_LIMIT_ERROR,
    /** The server, or a service behind it, has a fault. */
    INTERNAL_ERROR,
    /** The service does not implement the operation. */
    NOT_IMPLEMENTED_ERROR,
    /** The server, or a service behind it, is temporarily unavailable. */
    SERVICE_ERROR,
    /** The deadline passed before there was a response. */
    TIMEOUT_ERROR
}
