package io.tollgate.api;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * The {@code code} property of an error response, with the {@link ErrorType} it belongs to and its HTTP status.
 *
 * <p>Codes known at compile time are constants of an enum, such as {@link CommonError} or
 * {@link io.tollgate.api.order.OrderError}, so that {@code switch} can be exhaustive. A service adds its own in the same way:
 *
 * <pre>{@code
 * enum LibraryError implements ErrorCode {
 *     // Another reader has the book.
 *     BOOK_LENT(ErrorType.CONFLICT_ERROR, 409);
 *
 *     private final ErrorType type;
 *     private final int httpStatus;
 *
 *     LibraryError(ErrorType type, int httpStatus) {
 *         this.type = type;
 *         this.httpStatus = httpStatus;
 *     }
 *
 *     public ErrorType type() {
 *         return type;
 *     }
 *
 *     public int httpStatus() {
 *         return httpStatus;
 *     }
 * }
 * }</pre>
 *
 * <pre>{@code
 * throw GatewayException.of(LibraryError.BOOK_LENT, "The book is lent until Friday.");
 * }</pre>
 *
 * <p>{@link #of} makes a code that is known at run time only. Implementations are immutable, serializable and equal by value.
 */
public interface ErrorCode extends Serializable {
    /** Returns the name in the error body: {@code [A-Z][A-Z0-9_]{0,62}}. */
    String name();

    /** Returns the family that this code belongs to. */
    ErrorType type();

    /** Returns the HTTP status of the response, 400 to 599. */
    int httpStatus();

    /** Returns whether the fault is on this side: the HTTP status is 500 or above, and the request is not what is wrong. */
    default boolean isServerFault() {
        return httpStatus() >= 500 && type() != ErrorType.VALIDATION_ERROR;
    }

    /**
     * Returns the code as a label of bounded cardinality, for metrics: the name of an enum's constant, and {@code other} for
     * every code that was made at run time.
     */
    default String label() {
        return this instanceof Enum<?> ? name() : "other";
    }

    /**
     * Returns a code that is known at run time only, such as one that a service sends.
     *
     * @param name {@code [A-Z][A-Z0-9_]{0,62}}
     * @param httpStatus 400 to 599
     */
    static ErrorCode of(String name, ErrorType type, int httpStatus) {
        return new RuntimeErrorCode(name, type, httpStatus);
    }

    /** Returns whether {@code name} can be the name of a code: {@code [A-Z][A-Z0-9_]{0,62}}. */
    static boolean isName(String name) {
        return RuntimeErrorCode.NAME.matcher(requireNonNull(name, "name")).matches();
    }
}
