package io.tollgate.runner.config;

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

/**
 * Reads a {@link GatewayConfig}: defaults, over them a file, over it the environment. Whatever is wrong is reported at
 * once.
 */
public final class ConfigLoader {
    private ConfigLoader() {}

    /**
     * Reads defaults, {@code file} and {@code environment}.
     *
     * @param file YAML ({@code .yaml}, {@code .yml}) or HOCON ({@code .conf}, {@code .json})
     * @param environment variables by name; those that no key has, and blank ones, are ignored, but for those of
     *     OpenTelemetry
     * @throws ConfigException with everything that is wrong
     */
    public static LoadedConfig load(Optional<Path> file, Map<String, String> environment) {
        requireNonNull(file, "file");
        requireNonNull(environment, "environment");
        List<ConfigProblem> problems = new ArrayList<>();
        Config fromEnvironment = fromEnvironment(environment);
        if (file.isEmpty()) {
            return merge(fromEnvironment, environment, problems, Optional.empty());
        }
        Optional<Config> fromFile = ConfigFile.read(file.get(), environment, problems);
        if (fromFile.isEmpty()) {
            // What the file would have said is not known: only the variables can be judged, each by itself.
            Values.read(fromEnvironment, problems);
            throw new ConfigException(problems);
        }
        return merge(
                fromEnvironment.withFallback(KnownKeys.only(fromFile.get(), problems)),
                environment,
                problems,
                file.map(path -> new ConfigSource(path, environment)));
    }

    /** The defaults with {@code values}, by the names of keys, over them. */
    static LoadedConfig of(Map<String, String> values) {
        List<ConfigProblem> problems = new ArrayList<>();
        Config config = ConfigFactory.empty();
        for (Map.Entry<String, String> entry : values.entrySet()) {
            config = config.withValue(entry.getKey(), ConfigValueFactory.fromAnyRef(entry.getValue(), "code"));
        }
        return merge(KnownKeys.only(config, problems), Map.of(), problems, Optional.empty());
    }

    private static LoadedConfig merge(
            Config config,
            Map<String, String> environment,
            List<ConfigProblem> problems,
            Optional<ConfigSource> source) {
        Values values = Values.read(config.withFallback(defaults()), problems);
        List<String> warnings = Rules.check(values);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new LoadedConfig(Binder.bind(values, openTelemetry(environment)), values, warnings, source);
    }

    /** The variables that OpenTelemetry defines; their meaning is its business. */
    private static Map<String, Secret> openTelemetry(Map<String, String> environment) {
        Map<String, Secret> variables = new HashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith("OTEL_") && !value.isBlank()) {
                variables.put(name, new Secret(value));
            }
        });
        return variables;
    }

    private static Config defaults() {
        Map<String, Object> defaults = new HashMap<>();
        for (ConfigKey<?> key : ConfigKeys.all()) {
            key.defaultValue().ifPresent(value -> defaults.put(key.name(), value));
        }
        return ConfigFactory.parseMap(defaults, Values.DEFAULT_SOURCE);
    }

    private static Config fromEnvironment(Map<String, String> environment) {
        Config config = ConfigFactory.empty();
        for (ConfigKey<?> key : ConfigKeys.all()) {
            String value = environment.get(key.variable());
            if (value != null && !value.isBlank()) {
                config = config.withValue(
                        key.name(), ConfigValueFactory.fromAnyRef(value, "variable " + key.variable()));
            }
        }
        return config;
    }
}
