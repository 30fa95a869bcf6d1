package io.tollgate.runner.config;

import static java.util.Objects.requireNonNull;

import io.tollgate.config.ConfigException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The source of a configuration, which can be read again: a file, under the variables of the start. */
public final class ConfigSource {
    private final Path file;
    private final Map<String, String> environment;

    ConfigSource(Path file, Map<String, String> environment) {
        this.file = requireNonNull(file, "file");
        this.environment = Map.copyOf(environment);
    }

    /** Returns the file. */
    public Path file() {
        return file;
    }

    /**
     * Reads the file again.
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
