package io.tollgate.runner.config;

/**
 * The value of a key and where it came from.
 *
 * @param value as it was written, printable; {@code <redacted>} for a secret
 * @param source such as {@code default}, {@code config.yaml:8} or {@code variable SERVER_HTTP_PORT}
 */
public record Setting(ConfigKey<?> key, String value, String source) {}
