package io.tollgate.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.tollgate.api.Redaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Collectors;

/** The values of a configuration, each read by the type of its key, and what is wrong with them. Not thread-safe. */
public final class ConfigValues {
    static final String DEFAULT_SOURCE = "default";

    private final Map<ConfigKey<?>, Object> parsed = new HashMap<>();
    private final Map<ConfigKey<?>, Setting> settings = new HashMap<>();
    private final List<FileSecret> files = new ArrayList<>();
    private final List<ConfigKey<?>> keys;
    private final List<ConfigProblem> problems;
    private final List<ConfigProblem> warnings = new ArrayList<>();

    private ConfigValues(List<ConfigKey<?>> keys, List<ConfigProblem> problems) {
        this.keys = keys;
        this.problems = problems;
    }

    /** Reads every key that has a value; notes a problem for those that cannot be read. */
    static ConfigValues read(List<ConfigKey<?>> keys, Config merged, List<ConfigProblem> problems) {
        ConfigValues values = new ConfigValues(keys, problems);
        for (ConfigKey<?> key : keys) {
            if (merged.hasPath(key.name())) {
                values.read(key, merged.getValue(key.name()));
            }
        }
        return values;
    }

    private void read(ConfigKey<?> key, ConfigValue value) {
        StructureReader<?> structure = key.type().structure();
        if (structure != null) {
            read(key, value, structure);
            return;
        }
        String text = text(value);
        String source = source(value.origin());
        settings.put(key, new Setting(key, key.secret() ? "<redacted>" : shown(text), source));
        try {
            parsed.put(key, key.type().parse(text));
        } catch (BadValue e) {
            problem(key, e.shown(text, key.secret()) + " (expected: " + key.expected() + ")" + hint(key, text));
        }
    }

    private void read(ConfigKey<?> key, ConfigValue value, StructureReader<?> structure) {
        int before = problems.size();
        Object read = ConfigNode.root(key, value, problems).map(structure::read).orElse(null);
        boolean good = read != null && problems.size() == before;
        // What a structure is read into redacts its secrets.
        String shown = good ? shown(String.valueOf(read)) : "<not readable>";
        settings.put(key, new Setting(key, shown, source(value.origin())));
        if (good) {
            parsed.put(key, read);
        }
    }

    private static String hint(ConfigKey<?> key, String text) {
        if (key.secret() || !text.startsWith("tcp://")) {
            return "";
        }
        return ". Kubernetes sets such a variable for a Service of that name: enableServiceLinks: false in the pod's"
                + " specification stops it";
    }

    /** Returns whether the key has a value that could be read. */
    public boolean has(ConfigKey<?> key) {
        return parsed.containsKey(key);
    }

    /** Returns whether the value is another one than the default. */
    public boolean isSet(ConfigKey<?> key) {
        Setting setting = settings.get(key);
        return setting != null && !setting.source().equals(DEFAULT_SOURCE);
    }

    /** Returns whether the key has neither a value nor one that could not be read. */
    public boolean isMissing(ConfigKey<?> key) {
        return !settings.containsKey(key);
    }

    /** Returns the value of a key, if it has one that could be read. */
    @SuppressWarnings("unchecked") // Put there by the key's own type.
    public <T> Optional<T> find(ConfigKey<T> key) {
        return Optional.ofNullable((T) parsed.get(key));
    }

    /** Returns the value of a key that has one. */
    public <T> T get(ConfigKey<T> key) {
        return find(key).orElseThrow(() -> new NoSuchElementException(key.name()));
    }

    /**
     * Ends the reading.
     *
     * @throws ConfigException with all problems, if there are any, and then with the warnings, which may be their cause
     */
    public void requireValid() {
        if (!problems.isEmpty()) {
            List<ConfigProblem> all = new ArrayList<>(problems);
            all.addAll(warnings);
            throw new ConfigException(all);
        }
    }

    /** Returns what is allowed and still likely a mistake: variables that are nearly those of a key. Unmodifiable. */
    public List<ConfigProblem> warnings() {
        return List.copyOf(warnings);
    }

    /** Adds the files that secrets came from, and the sources of those that could not be read. */
    ConfigValues files(List<FileSecret> read, Map<ConfigKey<?>, String> unreadable) {
        files.addAll(read);
        unreadable.forEach((key, source) -> settings.put(key, new Setting(key, "<not readable>", source)));
        return this;
    }

    /** Returns the secrets that came from files of their own, whether they are right or not. Unmodifiable. */
    public List<FileSecret> files() {
        return List.copyOf(files);
    }

    ConfigValues warn(List<ConfigProblem> more) {
        warnings.addAll(more);
        return this;
    }

    /** Notes that the value of {@code key} is wrong, wherever it came from. */
    public void problem(ConfigKey<?> key, String message) {
        Setting setting = settings.get(key);
        problems.add(new ConfigProblem(setting == null ? "configuration" : setting.source(), key.name(), message));
    }

    /** Returns the values that could be read. Unmodifiable. */
    public Map<ConfigKey<?>, Object> parsed() {
        return Map.copyOf(parsed);
    }

    /** Returns every value that is set, in the order of the keys. */
    public List<Setting> settings() {
        List<Setting> inOrder = new ArrayList<>();
        for (ConfigKey<?> key : keys) {
            if (settings.containsKey(key)) {
                inOrder.add(settings.get(key));
            }
        }
        return inOrder;
    }

    static String text(ConfigValue value) {
        if (value.valueType() == ConfigValueType.LIST) {
            return value.atKey("value").getList("value").stream()
                    .map(ConfigValues::text)
                    .collect(Collectors.joining(", "));
        }
        return value.valueType() == ConfigValueType.NULL
                ? ""
                : value.atKey("value").getString("value");
    }

    /** Returns where a value was set, such as {@code config.yaml:8}. */
    static String source(ConfigOrigin origin) {
        if (origin.filename() == null) {
            return origin.description();
        }
        return origin.filename() + (origin.lineNumber() > 0 ? ":" + origin.lineNumber() : "");
    }

    /** Returns a value for a listing: one line that is long enough for every list that there is, without credentials. */
    private static String shown(String text) {
        return text.isEmpty() ? "\"\"" : line(Redaction.ofText(text), 4000);
    }

    /** Returns a value that is wrong, without what may be a credential, as one line of at most 120 characters. */
    static String printable(String text) {
        return text.isEmpty() ? "\"\"" : line(Redaction.ofValue(text), 120);
    }

    /** Returns {@code text} as one line of at most {@code maxLength} characters, with control characters escaped. */
    public static String line(String text, int maxLength) {
        String shortened = text.length() > maxLength ? text.substring(0, maxLength) + "…" : text;
        StringBuilder line = new StringBuilder();
        shortened.codePoints().forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                line.append(String.format("\\u%04x", c));
            } else {
                line.appendCodePoint(c);
            }
        });
        return line.toString();
    }
}
