package io.tollgate.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the variables of keys: the value itself, or for a secret the file that has it. */
final class SecretVariables {
    private final Map<String, String> environment;
    private final List<ConfigProblem> problems;
    private final List<FileSecret> files = new ArrayList<>();
    private final Map<ConfigKey<?>, String> unreadable = new LinkedHashMap<>();
    private Config values = ConfigFactory.empty();

    private SecretVariables(Map<String, String> environment, List<ConfigProblem> problems) {
        this.environment = environment;
        this.problems = problems;
    }

    static SecretVariables read(
            List<ConfigKey<?>> keys, Map<String, String> environment, List<ConfigProblem> problems) {
        SecretVariables variables = new SecretVariables(environment, problems);
        keys.forEach(variables::read);
        return variables;
    }

    /** Returns the values that are set, by the names of their keys. */
    Config values() {
        return values;
    }

    /** Adds where secrets are, and which could not be read, to the values of all keys. */
    ConfigValues addTo(ConfigValues all) {
        return all.files(files, unreadable);
    }

    private void read(ConfigKey<?> key) {
        String value = set(key.variable());
        String path = key.fileVariable().map(this::set).orElse(null);
        if (value != null) {
            put(key, value, "variable " + key.variable());
        }
        if (path == null) {
            return;
        }
        String source = "variable " + key.variable() + "_FILE";
        if (value != null) {
            problems.add(new ConfigProblem(
                    source, key.name(), "set beside " + key.variable() + " (expected: one of the two)"));
            return;
        }
        try {
            Path file = Path.of(path);
            Secret secret = SecretFile.read(file);
            put(key, secret.value(), source + ", file " + file);
            files.add(new FileSecret(secret(key), file, secret));
        } catch (IOException | InvalidPathException e) {
            problems.add(new ConfigProblem(source, key.name(), shown(path, e)));
            unreadable.put(key, source);
        }
    }

    @SuppressWarnings("unchecked") // Only the keys of secrets have a variable for a file.
    private static ConfigKey<Secret> secret(ConfigKey<?> key) {
        return (ConfigKey<Secret>) key;
    }

    private @Nullable String set(String variable) {
        String value = environment.get(variable);
        return value == null || value.isBlank() ? null : value;
    }

    private void put(ConfigKey<?> key, String value, String source) {
        values = values.withValue(key.name(), ConfigValueFactory.fromAnyRef(value, source));
    }

    /** A secret that was put where its file belongs must not be shown, and looks like the name of a file that is not there. */
    private static String shown(String path, Exception problem) {
        boolean isPath = !(problem instanceof InvalidPathException)
                && (Path.of(path).isAbsolute() || Files.exists(Path.of(path)));
        return isPath
                ? String.valueOf(problem.getMessage())
                : "names no file, and is not shown because it may be the secret itself (expected: the path of a file"
                        + " with the secret, absolute or from the working directory)";
    }
}
