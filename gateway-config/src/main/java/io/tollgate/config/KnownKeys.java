package io.tollgate.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares a file with the table of keys. */
final class KnownKeys {
    /** A search for similar names costs too much to be made for every line of a file that is full of unknown keys. */
    private static final int MAX_SUGGESTIONS = 100;

    private final List<ConfigKey<?>> keys;
    private final List<ConfigProblem> problems;
    private int suggestions;
    private Config known = ConfigFactory.empty();

    private KnownKeys(List<ConfigKey<?>> keys, List<ConfigProblem> problems) {
        this.keys = keys;
        this.problems = problems;
    }

    /** Returns the values of {@code config} that a key has; notes a problem for everything else. Null counts as unset. */
    static Config only(List<ConfigKey<?>> keys, Config config, List<ConfigProblem> problems) {
        KnownKeys known = new KnownKeys(keys, problems);
        known.section("", config.root());
        return known.known;
    }

    private void section(String prefix, ConfigObject section) {
        // In the order of the file, so that the first problems of the message are those with suggestions.
        section.entrySet().stream()
                .sorted(Comparator.comparingInt(
                        entry -> entry.getValue().origin().lineNumber()))
                .forEach(entry -> entry(prefix + entry.getKey(), entry.getValue()));
    }

    private void entry(String path, ConfigValue value) {
        ConfigKey<?> key = keyNamed(path);
        if (key != null) {
            leaf(key, value);
        } else if (!isSection(path)) {
            problem(path, value, "unknown key" + suggestion(path));
        } else if (value instanceof ConfigObject section) {
            section(path + ".", section);
        } else if (value.valueType() != ConfigValueType.NULL) {
            problem(path, value, "a value (expected: a section with " + childrenOf(path) + ")");
        }
    }

    private void leaf(ConfigKey<?> key, ConfigValue value) {
        ConfigValueType type = value.valueType();
        if (type == ConfigValueType.NULL) {
            return;
        }
        boolean structured = key.type().structure() != null;
        if (type == ConfigValueType.OBJECT && !structured) {
            problem(key.name(), value, "a section (expected: " + key.expected() + ")");
        } else if (type == ConfigValueType.LIST && !structured && !(key.type().isList() && isFlat(value))) {
            problem(
                    key.name(),
                    value,
                    (key.type().isList() ? "a list of more than plain values" : "a list") + " (expected: "
                            + key.expected() + ")");
        } else if (known.hasPath(key.name())) {
            problem(
                    key.name(),
                    value,
                    "duplicate key, first set at "
                            + ConfigValues.source(known.getValue(key.name()).origin()));
        } else {
            known = known.withValue(key.name(), value);
        }
    }

    private static boolean isFlat(ConfigValue list) {
        return list.atKey("value").getList("value").stream()
                .noneMatch(e -> e.valueType() == ConfigValueType.OBJECT || e.valueType() == ConfigValueType.LIST);
    }

    private void problem(String path, ConfigValue value, String message) {
        problems.add(new ConfigProblem(ConfigValues.source(value.origin()), ConfigValues.line(path, 120), message));
    }

    private @Nullable ConfigKey<?> keyNamed(String path) {
        for (ConfigKey<?> key : keys) {
            if (key.name().equals(path)) {
                return key;
            }
        }
        return null;
    }

    private boolean isSection(String path) {
        return keys.stream().anyMatch(key -> key.name().startsWith(path + "."));
    }

    private String childrenOf(String section) {
        return keys.stream()
                .map(ConfigKey::name)
                .filter(name -> name.startsWith(section + "."))
                .map(name -> name.substring(section.length() + 1).replaceFirst("\\..*", ""))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private String suggestion(String path) {
        suggestions++;
        if (suggestions > MAX_SUGGESTIONS) {
            return "";
        }
        Set<String> paths = new TreeSet<>();
        for (ConfigKey<?> key : keys) {
            for (String name = key.name(); ; name = name.substring(0, name.lastIndexOf('.'))) {
                paths.add(name);
                if (name.indexOf('.') < 0) {
                    break;
                }
            }
        }
        return Nearest.to(path, paths)
                .map(near -> " (did you mean " + near + "?)")
                .orElse("");
    }
}
