package io.tollgate.runner.config;

import static java.util.Objects.requireNonNull;

import io.tollgate.config.ConfigException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where a configuration was read from, to be read again: a file, under the variables that were there at the start. */
public final class ConfigSource {
    private final Path file;
    private final Map<String, String> environment;

    ConfigSource(Path file, Map<String, String> environment) {
        this.file = requireNonNull(file, "file");
        this.environment = Map.copyOf(environment);
    }

    /** The file. */
    public Path file() {
        return file;
    }

    /**
     * What it says now.
     *
     * @throws ConfigException with everything that is wrong
     */
    public LoadedConfig read() {
        return ConfigLoader.load(Optional.of(file), environment);
    }

    /** The file's path; no variable. */
    @Override
    public String toString() {
        return file.toString();
    }
}
