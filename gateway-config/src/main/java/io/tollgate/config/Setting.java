package io.tollgate.config;

/**
 * The value of a key and where it came from.
 *
 * @param value as it was written, printable; {@code <redacted>} for a secret
 * @param source such as {@code default}, {@code config.yaml:8}, {@code variable SERVER_HTTP_PORT}, {@code variable
 *     REDIS_PASSWORD_FILE, file /run/secrets/redis}, or {@code code}
 */
public record Setting(ConfigKey<?> key, String value, String source) {}
