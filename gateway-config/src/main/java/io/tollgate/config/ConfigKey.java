package io.tollgate.config;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key of a configuration: its name, the type of its value, its default, its meaning. Immutable.
 *
 * <pre>{@code
 * static final ConfigKey<Integer> PORT = ConfigKey.of(
 *         "server.http.port", ValueType.integer("a port", 1, 65535), "8080", "The port of the public listener");
 * }</pre>
 */
public final class ConfigKey<T> {
    private final String name;
    private final ValueType<T> type;
    private final @Nullable String defaultValue;
    private final String meaning;
    private final boolean secret;

    private ConfigKey(String name, ValueType<T> type, @Nullable String defaultValue, String meaning, boolean secret) {
        this.name = name;
        this.type = type;
        this.defaultValue = defaultValue;
        this.meaning = meaning;
        this.secret = secret;
    }

    /**
     * Returns a key.
     *
     * @param name its place in a file, with dots
     * @param defaultValue in the form that a variable would have; null without a default
     * @param meaning a sentence without its full stop
     */
    public static <T> ConfigKey<T> of(String name, ValueType<T> type, @Nullable String defaultValue, String meaning) {
        return new ConfigKey<>(name, type, defaultValue, meaning, false);
    }

    /** Returns a key whose value is never shown, and which has no default. */
    public static ConfigKey<Secret> secret(String name, ValueType<Secret> type, String meaning) {
        return new ConfigKey<>(name, type, null, meaning, true);
    }

    /** Returns the place in a file, such as {@code server.http.port}. */
    public String name() {
        return name;
    }

    /** Returns the environment variable that overrides it, such as {@code SERVER_HTTP_PORT}. */
    public String variable() {
        return name.replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** Returns the variable that names a file with the value, such as {@code REDIS_PASSWORD_FILE}; empty for what is no secret. */
    public Optional<String> fileVariable() {
        return secret ? Optional.of(variable() + "_FILE") : Optional.empty();
    }

    /** Returns the default, in the form that a variable would have; empty without one. */
    public Optional<String> defaultValue() {
        return Optional.ofNullable(defaultValue);
    }

    /** Returns the values that it takes, for a person. */
    public String expected() {
        return type.expected();
    }

    /** Returns what it does, in a sentence without its full stop. */
    public String meaning() {
        return meaning;
    }

    /** Returns whether its value must never be shown. */
    public boolean secret() {
        return secret;
    }

    ValueType<T> type() {
        return type;
    }

    @Override
    public String toString() {
        return name;
    }
}
