package io.tollgate.runner.config;

import io.tollgate.config.ConfigException;
import io.tollgate.config.ConfigReader;
import io.tollgate.config.ConfigValues;
import io.tollgate.config.Secret;
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
    private static final ConfigReader READER = ConfigReader.of(ConfigKeys.all());

    private ConfigLoader() {}

    /**
     * Reads defaults, {@code file} and {@code environment}.
     *
     * @param file YAML ({@code .yaml}, {@code .yml}) or HOCON ({@code .conf}, {@code .json})
     * @param environment variables by name; blank ones, and those of no key except {@code OTEL_*}, are ignored
     * @throws ConfigException with everything that is wrong
     */
    public static LoadedConfig load(Optional<Path> file, Map<String, String> environment) {
        return bind(READER.read(file, environment), environment, file.map(path -> new ConfigSource(path, environment)));
    }

    /** Reads the defaults with {@code values}, by the names of keys, over them. */
    static LoadedConfig of(Map<String, String> values) {
        return bind(READER.of(values), Map.of(), Optional.empty());
    }

    private static LoadedConfig bind(
            ConfigValues values, Map<String, String> environment, Optional<ConfigSource> source) {
        List<String> warnings = new ArrayList<>(Rules.check(values));
        values.warnings().forEach(warning -> warnings.add(warning.toString()));
        values.requireValid();
        return new LoadedConfig(Binder.bind(values, openTelemetry(environment)), values, warnings, source);
    }

    /** Returns the variables that OpenTelemetry defines. */
    private static Map<String, Secret> openTelemetry(Map<String, String> environment) {
        Map<String, Secret> variables = new HashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith("OTEL_") && !value.isBlank()) {
                variables.put(name, new Secret(value));
            }
        });
        return variables;
    }
}
