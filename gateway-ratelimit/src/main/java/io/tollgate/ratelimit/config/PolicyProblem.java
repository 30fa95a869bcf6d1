package io.tollgate.ratelimit.config;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * One mistake in a configuration of policies.
 *
 * @param path the path of the value, such as {@code policies[1].limits}
 * @param message the wrong value, if there is one, and the expected one; one line
 */
public record PolicyProblem(String path, String message) implements Serializable {
    public PolicyProblem {
        requireNonNull(path, "path");
        requireNonNull(message, "message");
    }

    /** Returns for example {@code policies[1].cost: -1 (expected: a number, 0 to 9007199254)}. */
    @Override
    public String toString() {
        return Scalar.printable(path) + ": " + message;
    }
}
