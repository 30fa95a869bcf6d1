package io.tollgate.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** A place within a structured value: knows its path and its line, and notes what is wrong there. Not thread-safe. */
public final class ConfigNode {
    private final String path;
    private final ConfigValue value;
    private final String source;
    private final List<ConfigProblem> problems;
    private final Set<String> taken = new HashSet<>();

    private ConfigNode(String path, ConfigValue value, String source, List<ConfigProblem> problems) {
        this.path = path;
        this.value = value;
        this.source = source;
        this.problems = problems;
    }

    /** Returns the value of a key; empty, with a problem, where it is a text that is neither JSON nor HOCON. */
    static Optional<ConfigNode> root(ConfigKey<?> key, ConfigValue value, List<ConfigProblem> problems) {
        String source = ConfigValues.source(value.origin());
        ConfigValue structure = value;
        if (value.valueType() == ConfigValueType.STRING) {
            try {
                structure = ConfigFactory.parseString("value: " + value.unwrapped())
                        .resolve()
                        .getValue("value");
            } catch (ConfigException.UnresolvedSubstitution e) {
                Matcher unresolved = HoconReader.UNRESOLVED.matcher(String.valueOf(e.getMessage()));
                problems.add(new ConfigProblem(
                        source,
                        key.name(),
                        unresolved.find()
                                ? HoconReader.unset(unresolved.group(1), Map.of())
                                : "a substitution that refers to nothing (expected: " + key.expected() + ")"));
                return Optional.empty();
            } catch (ConfigException e) {
                // The parser's own message quotes the text, which may hold secrets.
                problems.add(new ConfigProblem(
                        source, key.name(), "neither JSON nor HOCON (expected: " + key.expected() + ")"));
                return Optional.empty();
            } catch (StackOverflowError e) {
                problems.add(new ConfigProblem(source, key.name(), HoconReader.TOO_DEEP));
                return Optional.empty();
            }
        }
        return Optional.of(new ConfigNode(key.name(), structure, source, problems));
    }

    /** Returns the elements of a list; none, with a problem, where this is no list. */
    public List<ConfigNode> elements(String expected) {
        List<ConfigNode> elements = new ArrayList<>();
        if (value instanceof ConfigList list) {
            for (int i = 0; i < list.size(); i++) {
                elements.add(child(path + "[" + i + "]", list.get(i)));
            }
        } else {
            problem("not a list (expected: " + expected + ")");
        }
        return elements;
    }

    /** Returns what is in a section, by name; nothing, with a problem, where this is no section. */
    public Map<String, ConfigNode> entries(String expected) {
        Map<String, ConfigNode> entries = new LinkedHashMap<>();
        if (value instanceof ConfigObject section) {
            for (String name : new TreeSet<>(section.keySet())) {
                entries.put(name, child(path + "." + name, section.get(name)));
            }
        } else {
            problem("not a section (expected: " + expected + ")");
        }
        return entries;
    }

    /** Returns the field of that name, read as {@code type}; empty where it is not there, or not right, which is noted. */
    public <T> Optional<T> take(String name, ValueType<T> type, boolean secret) {
        taken.add(name);
        return take(name).flatMap(field -> field.as(type, secret));
    }

    /** Returns the field of that name; empty where it is not there. */
    public Optional<ConfigNode> take(String name) {
        taken.add(name);
        return value instanceof ConfigObject section && has(name)
                ? Optional.of(child(path + "." + name, section.get(name)))
                : Optional.empty();
    }

    /**
     * Returns the field of that name as the path of a file, relative to the folder of the configuration file that has it; empty where it is
     * not there, or no path, which is noted.
     */
    public Optional<Path> takePath(String name) {
        Optional<ConfigNode> field = take(name);
        return field.flatMap(there -> there.as(ValueType.text(4_096), false)).flatMap(text -> {
            String file = field.get().value.origin().filename();
            try {
                Path path = Path.of(text);
                return Optional.of(
                        file == null ? path : Path.of(file).toAbsolutePath().resolveSibling(path));
            } catch (InvalidPathException e) {
                field.get().problem(e.getReason() + " (expected: the path of a file)");
                return Optional.empty();
            }
        });
    }

    /**
     * Returns this as plain texts, lists and maps.
     *
     * @param places takes this and all that is in it, by paths
     */
    public @Nullable Object plain(Map<String, ConfigNode> places) {
        places.put(path, this);
        if (value instanceof ConfigList) {
            List<@Nullable Object> list = new ArrayList<>();
            elements("").forEach(element -> list.add(element.plain(places)));
            return Collections.unmodifiableList(list);
        }
        if (value instanceof ConfigObject) {
            Map<String, @Nullable Object> section = new LinkedHashMap<>();
            entries("").forEach((name, entry) -> section.put(name, entry.plain(places)));
            return Collections.unmodifiableMap(section);
        }
        return value.valueType() == ConfigValueType.NULL ? null : ConfigValues.text(value);
    }

    /** Returns whether this is a list. */
    public boolean isList() {
        return value instanceof ConfigList;
    }

    /** Returns whether this is a section. */
    public boolean isSection() {
        return value instanceof ConfigObject;
    }

    /** Returns the place, such as {@code jwt.keys[0].file}. */
    public String path() {
        return path;
    }

    /** Returns whether there is a field of that name, right or not. */
    public boolean has(String name) {
        return value instanceof ConfigObject section
                && section.get(name) != null
                && section.get(name).valueType() != ConfigValueType.NULL;
    }

    /** Returns this, read as {@code type}; empty where it is not right, which is noted. */
    public <T> Optional<T> as(ValueType<T> type, boolean secret) {
        boolean flatList = value instanceof ConfigList list
                && type.isList()
                && list.stream().noneMatch(e -> e instanceof ConfigObject || e instanceof ConfigList);
        if (!flatList && (value instanceof ConfigObject || value instanceof ConfigList)) {
            problem("more than a value (expected: " + type.expected() + ")");
            return Optional.empty();
        }
        String text = ConfigValues.text(value);
        try {
            return Optional.of(type.parse(text));
        } catch (BadValue e) {
            problem(e.shown(text, secret) + " (expected: " + type.expected() + ")");
            return Optional.empty();
        }
    }

    /** Notes a problem for every field that was not taken, and for a value that is no section. */
    public void noOtherFields() {
        if (!(value instanceof ConfigObject section)) {
            problem("not a section (expected: " + String.join(", ", new TreeSet<>(taken)) + ")");
            return;
        }
        for (Map.Entry<String, ConfigValue> field : section.entrySet()) {
            if (!taken.contains(field.getKey())) {
                child(path + "." + field.getKey(), field.getValue())
                        .problem("unknown key"
                                + Nearest.to(field.getKey(), taken)
                                        .map(near -> " (did you mean " + near + "?)")
                                        .orElse(" (expected: " + String.join(", ", new TreeSet<>(taken)) + ")"));
            }
        }
    }

    /** Notes that this is wrong. */
    public void problem(String message) {
        problems.add(new ConfigProblem(source, ConfigValues.line(path, 120), message));
    }

    private ConfigNode child(String childPath, ConfigValue child) {
        // What is parsed from a text has that text's source, whatever line of it.
        String own = ConfigValues.source(child.origin());
        boolean inFile = child.origin().filename() != null;
        return new ConfigNode(childPath, child, inFile ? own : source, problems);
    }
}
