package io.tollgate.config;

import java.nio.file.Path;

/**
 * A secret that was read from a file of its own.
 *
 * @param file the path in the variable, such as {@code REDIS_PASSWORD_FILE}
 */
public record FileSecret(ConfigKey<Secret> key, Path file, Secret value) {}
