package io.tollgate.runner.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A value inside a list, with its path, such as {@code rate_limit.policies[1].limits[0].capacity}.
 *
 * @param source where all of it was said, where its parts have no place of their own
 * @param problems takes what is wrong with it
 */
record Node(String path, ConfigValue value, Optional<String> source, List<ConfigProblem> problems) {
    /** The most elements of a list. */
    private static final int MAX_ELEMENTS = 1_000;

    void problem(String message) {
        problemAt(path, message);
    }

    void problemAt(String where, String message) {
        problems.add(new ConfigProblem(
                source.orElseGet(() -> Values.source(value.origin())), Values.line(where, 160), message));
    }

    /** What is wrong, and what would be right. */
    void unexpected(String said, String expected) {
        problem(Values.printable(said) + " (expected: " + expected + ")");
    }

    Node at(String childPath, ConfigValue child) {
        return new Node(childPath, child, source, problems);
    }

    /** A plain value of that type; a problem where it is none. */
    <T> Optional<T> as(ValueType<T> type) {
        Optional<String> text = text(type.expected());
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(type.parse(text.get()));
        } catch (BadValue e) {
            unexpected(e.offendingOr(text.get()), type.expected());
            return Optional.empty();
        }
    }

    /** One of these names; a problem with the nearest of them where it is none. */
    Optional<String> oneOf(Collection<String> names, String what) {
        String expected = what + ": " + String.join(", ", names);
        Optional<String> text = text(expected).map(String::strip);
        if (text.isPresent() && !names.contains(text.get())) {
            unexpected(
                    text.get(),
                    Nearest.to(text.get(), names)
                            .map(near -> what + "; did you mean " + near + "?")
                            .orElse(expected));
            return Optional.empty();
        }
        return text;
    }

    /** A section; a problem where it is none. */
    Optional<Section> asSection(String expected) {
        if (value instanceof ConfigObject object) {
            return Optional.of(new Section(this, object));
        }
        unexpected(shown(), expected);
        return Optional.empty();
    }

    /** The elements of a list, or of a comma-separated text. */
    List<Node> elements() {
        List<Node> elements = new ArrayList<>();
        if (value instanceof ConfigList list) {
            for (int i = 0; i < list.size() && i < MAX_ELEMENTS; i++) {
                elements.add(at(path + "[" + i + "]", list.get(i)));
            }
            if (list.size() > MAX_ELEMENTS) {
                unexpected(list.size() + " elements", "at most " + MAX_ELEMENTS);
            }
        } else if (value instanceof ConfigObject
                || !String.valueOf(value.unwrapped()).contains(",")) {
            elements.add(this);
        } else {
            for (String part : value.unwrapped().toString().split(",", MAX_ELEMENTS)) {
                elements.add(at(
                        path + "[" + elements.size() + "]",
                        ConfigValueFactory.fromAnyRef(part.strip()).withOrigin(value.origin())));
            }
        }
        return elements;
    }

    private Optional<String> text(String expected) {
        ConfigValueType type = value.valueType();
        if (type == ConfigValueType.OBJECT || type == ConfigValueType.LIST || type == ConfigValueType.NULL) {
            unexpected(shown(), expected);
            return Optional.empty();
        }
        return Optional.of(value.atKey("value").getString("value"));
    }

    private String shown() {
        return switch (value.valueType()) {
            case OBJECT -> "a section";
            case LIST -> "a list";
            case NULL -> "nothing";
            default -> value.atKey("value").getString("value");
        };
    }
}
