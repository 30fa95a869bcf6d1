package io.tollgate.runner.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Collectors;

/** The merged layers, each value read by its key's type. */
final class Values {
    static final String DEFAULT_SOURCE = "default";

    private final Map<ConfigKey<?>, Object> parsed = new HashMap<>();
    private final Map<ConfigKey<?>, Setting> settings = new HashMap<>();
    private final List<ConfigProblem> problems;

    private Values(List<ConfigProblem> problems) {
        this.problems = problems;
    }

    /** Reads every key that has a value; those that cannot be read become problems. */
    static Values read(Config merged, List<ConfigProblem> problems) {
        Values values = new Values(problems);
        for (ConfigKey<?> key : ConfigKeys.all()) {
            if (merged.hasPath(key.name())) {
                values.read(key, merged.getValue(key.name()));
            }
        }
        return values;
    }

    private void read(ConfigKey<?> key, ConfigValue value) {
        Structure<?> structure = key.type().structure();
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
            String shown = e.offendingOr(key.secret() ? "<redacted>" : text);
            problem(key, printable(shown) + " (expected: " + key.expected() + ")" + hint(key, text));
        }
    }

    private void read(ConfigKey<?> key, ConfigValue value, Structure<?> structure) {
        int before = problems.size();
        Object read = Node.root(key, value, problems).map(structure::read).orElse(null);
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

    /** Whether the key has a value that could be read. */
    boolean has(ConfigKey<?> key) {
        return parsed.containsKey(key);
    }

    /** Whether something other than the default says it. */
    boolean isSet(ConfigKey<?> key) {
        Setting setting = settings.get(key);
        return setting != null && !setting.source().equals(DEFAULT_SOURCE);
    }

    /** Whether it has neither a value nor one that could not be read. */
    boolean isMissing(ConfigKey<?> key) {
        return !settings.containsKey(key);
    }

    @SuppressWarnings("unchecked") // Put there by the key's own type.
    <T> Optional<T> find(ConfigKey<T> key) {
        return Optional.ofNullable((T) parsed.get(key));
    }

    <T> T get(ConfigKey<T> key) {
        return find(key).orElseThrow(() -> new NoSuchElementException(key.name()));
    }

    /** Notes that the value of {@code key} is wrong, wherever it came from. */
    void problem(ConfigKey<?> key, String message) {
        Setting setting = settings.get(key);
        problems.add(new ConfigProblem(setting == null ? "configuration" : setting.source(), key.name(), message));
    }

    /** The values that could be read. Unmodifiable. */
    Map<ConfigKey<?>, Object> parsed() {
        return Map.copyOf(parsed);
    }

    List<Setting> settings() {
        List<Setting> inOrder = new ArrayList<>();
        for (ConfigKey<?> key : ConfigKeys.all()) {
            if (settings.containsKey(key)) {
                inOrder.add(settings.get(key));
            }
        }
        return inOrder;
    }

    static String text(ConfigValue value) {
        if (value.valueType() == ConfigValueType.LIST) {
            return value.atKey("value").getList("value").stream()
                    .map(Values::text)
                    .collect(Collectors.joining(", "));
        }
        return value.valueType() == ConfigValueType.NULL
                ? ""
                : value.atKey("value").getString("value");
    }

    /** {@code config.yaml:8} for what a file says. */
    static String source(ConfigOrigin origin) {
        if (origin.filename() == null) {
            return origin.description();
        }
        return origin.filename() + (origin.lineNumber() > 0 ? ":" + origin.lineNumber() : "");
    }

    /** A value in a listing: one line that is long enough for every list that there is. */
    private static String shown(String text) {
        return text.isEmpty() ? "\"\"" : line(text, 4000);
    }

    /** A value as one line of at most 120 characters, none of them a control character. */
    static String printable(String text) {
        return text.isEmpty() ? "\"\"" : line(text, 120);
    }

    /** One line of at most {@code maxLength} characters, none of them a control character. */
    static String line(String text, int maxLength) {
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
