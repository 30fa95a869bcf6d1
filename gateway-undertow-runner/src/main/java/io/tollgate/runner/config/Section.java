package io.tollgate.runner.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** A section inside a list, read key by key; what nobody asked for is unknown. */
final class Section {
    private final Node node;
    private final ConfigObject values;
    private final Set<String> known = new TreeSet<>();
    private final int problemsBefore;

    Section(Node node, ConfigObject values) {
        this.node = node;
        this.values = values;
        this.problemsBefore = node.problems().size();
    }

    /** What is under {@code key}; null counts as not said. */
    Optional<Node> find(String key) {
        known.add(key);
        return Optional.ofNullable(values.get(key))
                .filter(value -> value.valueType() != ConfigValueType.NULL)
                .map(value -> node.at(pathOf(key), value));
    }

    <T> Optional<T> find(String key, ValueType<T> type) {
        return find(key).flatMap(value -> value.as(type));
    }

    /** What is under a key that must be there. */
    Optional<Node> require(String key, String expected) {
        Optional<Node> found = find(key);
        if (found.isEmpty()) {
            problem(key, "missing (expected: " + expected + ")");
        }
        return found;
    }

    <T> Optional<T> require(String key, ValueType<T> type) {
        return require(key, type.expected()).flatMap(value -> value.as(type));
    }

    /** Those elements of the list under {@code key} that could be read. */
    <T> List<T> list(String key, Function<Node, Optional<T>> element) {
        List<T> read = new ArrayList<>();
        find(key)
                .ifPresent(list -> list.elements()
                        .forEach(node -> element.apply(node)
                                .filter(value -> !read.contains(value))
                                .ifPresent(read::add)));
        return read;
    }

    boolean has(String key) {
        return find(key).isPresent();
    }

    /** Every key with what is under it: for a section whose keys are the user's own. */
    Map<String, Node> entries() {
        Map<String, Node> entries = new LinkedHashMap<>();
        for (Map.Entry<String, ConfigValue> entry : values.entrySet()) {
            known.add(entry.getKey());
            entries.put(entry.getKey(), node.at(pathOf(entry.getKey()), entry.getValue()));
        }
        return entries;
    }

    void problem(String key, String message) {
        find(key).ifPresentOrElse(value -> value.problem(message), () -> node.problemAt(pathOf(key), message));
    }

    void problem(String message) {
        node.problem(message);
    }

    /** Notes what is under keys that nobody asked for, and returns whether all of the section was right. */
    boolean isRight() {
        for (Map.Entry<String, ConfigValue> entry : values.entrySet()) {
            if (!known.contains(entry.getKey())) {
                String path = pathOf(entry.getKey());
                node.at(path, entry.getValue())
                        .problem("unknown key"
                                + Nearest.to(entry.getKey(), known)
                                        .map(near -> " (did you mean " + pathOf(near) + "?)")
                                        .orElse(" (expected: " + String.join(", ", known) + ")"));
            }
        }
        return node.problems().size() == problemsBefore;
    }

    private String pathOf(String key) {
        return node.path() + "." + key;
    }
}
