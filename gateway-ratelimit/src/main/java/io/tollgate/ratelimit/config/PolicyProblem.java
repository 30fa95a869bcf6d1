package io.tollgate.ratelimit.config;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * One mistake in the configuration of policies.
 *
 * @param path the place, such as {@code policies[1].limits}
 * @param message the value, if there is one, and what is expected; one line
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
