package io.tollgate.runner.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Holds a file against the table of keys. */
final class KnownKeys {
    private final List<ConfigProblem> problems;
    private Config known = ConfigFactory.empty();

    private KnownKeys(List<ConfigProblem> problems) {
        this.problems = problems;
    }

    /** The values of {@code config} that a key has; a problem for everything else. Null counts as not said. */
    static Config only(Config config, List<ConfigProblem> problems) {
        KnownKeys keys = new KnownKeys(problems);
        keys.section("", config.root());
        return keys.known;
    }

    private void section(String prefix, ConfigObject section) {
        for (Map.Entry<String, ConfigValue> entry : section.entrySet()) {
            entry(prefix + entry.getKey(), entry.getValue());
        }
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
                    "said twice, also in "
                            + Values.source(known.getValue(key.name()).origin()));
        } else {
            known = known.withValue(key.name(), value);
        }
    }

    private static boolean isFlat(ConfigValue list) {
        return list.atKey("value").getList("value").stream()
                .noneMatch(e -> e.valueType() == ConfigValueType.OBJECT || e.valueType() == ConfigValueType.LIST);
    }

    private void problem(String path, ConfigValue value, String message) {
        problems.add(new ConfigProblem(Values.source(value.origin()), Values.line(path, 120), message));
    }

    private static @Nullable ConfigKey<?> keyNamed(String path) {
        for (ConfigKey<?> key : ConfigKeys.all()) {
            if (key.name().equals(path)) {
                return key;
            }
        }
        return null;
    }

    private static boolean isSection(String path) {
        return ConfigKeys.all().stream().anyMatch(key -> key.name().startsWith(path + "."));
    }

    private static String childrenOf(String section) {
        return ConfigKeys.all().stream()
                .map(ConfigKey::name)
                .filter(name -> name.startsWith(section + "."))
                .map(name -> name.substring(section.length() + 1).replaceFirst("\\..*", ""))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static String suggestion(String path) {
        Set<String> paths = new TreeSet<>();
        for (ConfigKey<?> key : ConfigKeys.all()) {
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
