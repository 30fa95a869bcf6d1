package io.tollgate.spring.boot;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;

/**
 * One wrong property.
 *
 * @param name such as {@code tollgate.redis.deadline}
 * @param message the wrong value, unless it is a secret, and the expected one
 * @param origin the file and line that set it; null if that is not known
 */
record PropertyProblem(
        String name, String message, @Nullable Origin origin) {
    @Override
    public String toString() {
        return name + ": " + message + (origin == null ? "" : ", set in " + origin);
    }
}
