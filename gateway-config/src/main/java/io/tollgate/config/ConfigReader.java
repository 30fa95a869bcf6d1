package io.tollgate.config;

import static java.util.Objects.requireNonNull;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the values of keys: defaults, over them a file, over it environment variables. Thread-safe. */
public final class ConfigReader {
    private final List<ConfigKey<?>> keys;

    private ConfigReader(List<ConfigKey<?>> keys) {
        this.keys = List.copyOf(keys);
    }

    /** Returns a reader of {@code keys}, whose order settings keep. */
    public static ConfigReader of(List<ConfigKey<?>> keys) {
        return new ConfigReader(keys);
    }

    /**
     * Reads defaults, {@code file} and {@code environment}. Values that are wrong are problems of the result.
     *
     * @param file YAML ({@code .yaml}, {@code .yml}) or HOCON ({@code .conf}, {@code .json})
     * @param environment variables by name, those of secrets also as {@code …_FILE} with the path of a {@linkplain SecretFile
     *     file}; those of no key, and blank ones, are ignored, with a {@linkplain
     *     ConfigValues#warnings warning} for those that are nearly the variable of a key
     * @throws ConfigException if the file cannot be read, with what is wrong with the variables too
     */
    public ConfigValues read(Optional<Path> file, Map<String, String> environment) {
        requireNonNull(file, "file");
        requireNonNull(environment, "environment");
        List<ConfigProblem> problems = new ArrayList<>();
        SecretVariables variables = SecretVariables.read(keys, environment, problems);
        List<ConfigProblem> misspelt = MisspeltVariables.find(keys, environment);
        if (file.isEmpty()) {
            return variables.addTo(merge(variables.values(), problems)).warn(misspelt);
        }
        Optional<Config> content = ConfigFile.read(file.get(), environment, problems);
        if (content.isEmpty()) {
            // The content of the file is not known: only the variables can be judged, each by itself.
            ConfigValues.read(keys, variables.values(), problems);
            problems.addAll(misspelt);
            throw new ConfigException(problems);
        }
        Config merged = variables.values().withFallback(KnownKeys.only(keys, content.get(), problems));
        return variables.addTo(merge(merged, problems)).warn(misspelt);
    }

    /**
     * Reads defaults, and over them {@code values}. What is wrong is a problem of the result.
     *
     * @param values by the names of keys, in the form that a variable would have
     */
    public ConfigValues of(Map<String, String> values) {
        List<ConfigProblem> problems = new ArrayList<>();
        Config config = ConfigFactory.empty();
        for (Map.Entry<String, String> entry : values.entrySet()) {
            config = config.withValue(entry.getKey(), ConfigValueFactory.fromAnyRef(entry.getValue(), "code"));
        }
        return merge(KnownKeys.only(keys, config, problems), problems);
    }

    private ConfigValues merge(Config config, List<ConfigProblem> problems) {
        return ConfigValues.read(keys, config.withFallback(defaults()), problems);
    }

    private Config defaults() {
        Map<String, Object> defaults = new HashMap<>();
        for (ConfigKey<?> key : keys) {
            key.defaultValue().ifPresent(value -> defaults.put(key.name(), value));
        }
        return ConfigFactory.parseMap(defaults, ConfigValues.DEFAULT_SOURCE);
    }
}
