package io.tollgate.config;

import io.tollgate.api.Redaction;
import java.io.Serializable;

/**
 * A mistake in a configuration.
 *
 * @param source the place that sets it: {@code config.yaml:8}, {@code variable REDIS_PORT}, or {@code configuration} for what
 *     is not set at all
 * @param key the key at fault, or an empty text where it is none of its own
 * @param message the value that is wrong and those that are expected; never a secret, and without the credentials of URLs
 */
public record ConfigProblem(String source, String key, String message) implements Serializable {
    public ConfigProblem {
        key = Redaction.ofText(key);
        message = Redaction.ofText(message);
    }

    /** Returns for example {@code config.yaml:8: server.http.port: eighty (expected: a port, 1 to 65535)}. */
    @Override
    public String toString() {
        return source + ": " + (key.isEmpty() ? "" : key + ": ") + message;
    }
}
