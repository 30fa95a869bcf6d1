package io.tollgate.runner.config;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One key of the configuration: a row of the table in {@link ConfigKeys}. */
public final class ConfigKey<T> {
    private final String name;
    private final ValueType<T> type;
    private final @Nullable String defaultValue;
    private final String meaning;
    private final boolean secret;

    ConfigKey(String name, ValueType<T> type, @Nullable String defaultValue, String meaning, boolean secret) {
        this.name = name;
        this.type = type;
        this.defaultValue = defaultValue;
        this.meaning = meaning;
        this.secret = secret;
    }

    /** Where it is in a file, such as {@code server.http.port}. */
    public String name() {
        return name;
    }

    /** The environment variable that overrides it, such as {@code SERVER_HTTP_PORT}. */
    public String variable() {
        return name.replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** What it is without being set, in the form that a variable would have; empty where there is no default. */
    public Optional<String> defaultValue() {
        return Optional.ofNullable(defaultValue);
    }

    /** What values it takes, for a person. */
    public String expected() {
        return type.expected();
    }

    /** What it does, in a sentence without its full stop. */
    public String meaning() {
        return meaning;
    }

    /** Whether its value must never be shown. */
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
