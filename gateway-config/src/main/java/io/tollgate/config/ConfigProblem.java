package io.tollgate.config;

/**
 * One thing that is wrong with a configuration.
 *
 * @param source where it was said: {@code config.yaml:8}, {@code variable REDIS_PORT}, or {@code configuration} for what
 *     was not said at all
 * @param key the key at fault, or an empty text where it is none of its own
 * @param message what is wrong and what would be right; never a secret
 */
public record ConfigProblem(String source, String key, String message) {
    /** For example {@code config.yaml:8: server.http.port: eighty (expected: a port, 1 to 65535)}. */
    @Override
    public String toString() {
        return source + ": " + (key.isEmpty() ? "" : key + ": ") + message;
    }
}
