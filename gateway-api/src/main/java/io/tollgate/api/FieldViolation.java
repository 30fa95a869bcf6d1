package io.tollgate.api;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * A field of a request that breaks a rule.
 *
 * @param field the name of the field as the client wrote it, such as {@code email}
 * @param code the broken rule, such as {@code TOO_SHORT}; stable, for programs
 * @param message the rule in words, for a person; never contains a secret value
 */
public record FieldViolation(String field, String code, String message) implements Serializable {
    public FieldViolation {
        requireNonNull(field, "field");
        requireNonNull(code, "code");
        requireNonNull(message, "message");
    }
}
