package io.tollgate.ratelimit.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A place in a configuration: a value with its path. Problems are noted here. */
final class Place {
    private final String path;
    private final @Nullable Object value;
    private final List<PolicyProblem> problems;
    private final Set<String> taken = new HashSet<>();

    private Place(String path, @Nullable Object value, List<PolicyProblem> problems) {
        this.path = path;
        this.value = value;
        this.problems = problems;
    }

    static Place root(String path, Object value, List<PolicyProblem> problems) {
        return new Place(path, value, problems);
    }

    String path() {
        return path;
    }

    /** Returns the number of problems that are noted so far, here and elsewhere. */
    int problems() {
        return problems.size();
    }

    boolean isSection() {
        return value instanceof Map;
    }

    /** Returns whether this is a list, or a map with the keys 0, 1, … from flat properties. */
    boolean isList() {
        return value instanceof Iterable || value instanceof Object[] || isIndexed();
    }

    private boolean isIndexed() {
        if (!(value instanceof Map<?, ?> map) || map.isEmpty()) {
            return false;
        }
        Set<String> keys = new HashSet<>();
        map.keySet().forEach(key -> keys.add(String.valueOf(key)));
        for (int i = 0; i < map.size(); i++) {
            if (!keys.contains(Integer.toString(i))) {
                return false;
            }
        }
        return true;
    }

    /** Returns the elements of a list; none, with a problem, if this is not a list. */
    List<Place> elements(String expected) {
        List<Place> elements = new ArrayList<>();
        if (value instanceof Iterable<?> list) {
            list.forEach(element -> elements.add(element(elements.size(), element)));
        } else if (value instanceof Object[] array) {
            Arrays.asList(array).forEach(element -> elements.add(element(elements.size(), element)));
        } else if (isIndexed()) {
            Map<String, @Nullable Object> byIndex = fields();
            for (int i = 0; i < byIndex.size(); i++) {
                elements.add(element(i, byIndex.get(Integer.toString(i))));
            }
        } else {
            problem("not a list (expected: " + expected + ")");
        }
        return elements;
    }

    private Place element(int index, @Nullable Object element) {
        return new Place(path + "[" + index + "]", element, problems);
    }

    /** Returns the entries of a section, sorted by name; none, with a problem, if this is not a section. */
    Map<String, Place> entries(String expected) {
        Map<String, Place> entries = new LinkedHashMap<>();
        if (isSection()) {
            Map<String, @Nullable Object> fields = fields();
            for (String name : new TreeSet<>(fields.keySet())) {
                entries.put(name, new Place(path + "." + name, fields.get(name), problems));
            }
        } else {
            problem("not a section (expected: " + expected + ")");
        }
        return entries;
    }

    private Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, field) -> fields.put(String.valueOf(key), field));
        }
        return fields;
    }

    /** Returns whether the field is set, right or wrong. */
    boolean has(String name) {
        return fields().get(name) != null;
    }

    /** Returns the field; empty if it is unset. */
    Optional<Place> take(String name) {
        taken.add(name);
        return Optional.ofNullable(fields().get(name)).map(field -> new Place(path + "." + name, field, problems));
    }

    /** Returns the value of the field; empty if it is unset, or wrong, which is noted as a problem. */
    <T> Optional<T> take(String name, Scalar<T> type) {
        return take(name).flatMap(field -> field.as(type));
    }

    /**
     * Returns the valid elements of a list, or of a single value, without duplicates. Notes a problem for each of the
     * others.
     */
    <T> List<T> list(String name, String expected, Function<Place, Optional<T>> element) {
        List<T> right = new ArrayList<>();
        take(name)
                .map(field -> field.isList() ? field.elements(expected) : List.of(field))
                .ifPresent(places -> places.forEach(place -> element.apply(place)
                        .filter(value -> !right.contains(value))
                        .ifPresent(right::add)));
        return right;
    }

    /**
     * Returns the valid elements of a list of scalars, or of a single one, without duplicates. Notes a problem for each
     * of the others.
     */
    <T> List<T> list(String name, String expected, Scalar<T> type) {
        return list(name, expected, place -> place.as(type));
    }

    /** Returns this value; empty if it is wrong, which is noted as a problem. */
    <T> Optional<T> as(Scalar<T> type) {
        if (isSection() || isList()) {
            problem("more than a value (expected: " + type.expected() + ")");
            return Optional.empty();
        }
        String text = text();
        try {
            return Optional.of(type.parse(text));
        } catch (IllegalArgumentException e) {
            problem(Scalar.printable(text) + " (expected: " + type.expected() + ")");
            return Optional.empty();
        }
    }

    /** Returns this value if it is one of {@code names}; empty otherwise, which is noted as a problem. */
    Optional<String> oneOf(Set<String> names, String what) {
        Optional<String> text = as(Scalar.text(256));
        if (text.isPresent() && !names.contains(text.get())) {
            problem(Scalar.printable(text.get()) + " (expected: " + what
                    + Nearest.to(text.get(), names)
                            .map(near -> "; did you mean " + near + "?)")
                            .orElse(
                                    names.isEmpty()
                                            ? ", of which there is none)"
                                            : ": " + String.join(", ", names) + ")"));
            return Optional.empty();
        }
        return text;
    }

    private String text() {
        if (value == null) {
            return "";
        }
        // JSON and HOCON may return 5.0 for 5.
        boolean whole = (value instanceof Double || value instanceof Float)
                && ((Number) value).doubleValue() == ((Number) value).longValue();
        return whole ? Long.toString(((Number) value).longValue()) : value.toString();
    }

    /** Notes a problem for each field that was not taken, and for a value that is not a section. */
    void noOtherFields() {
        if (!isSection()) {
            problem("not a section (expected: " + String.join(", ", new TreeSet<>(taken)) + ")");
            return;
        }
        for (String name : fields().keySet()) {
            if (!taken.contains(name)) {
                problem(
                        name,
                        "unknown key"
                                + Nearest.to(name, new TreeSet<>(taken))
                                        .map(near -> " (did you mean " + near + "?)")
                                        .orElse(" (expected: " + String.join(", ", new TreeSet<>(taken)) + ")"));
            }
        }
    }

    /** Notes a problem with this value. */
    void problem(String message) {
        problems.add(new PolicyProblem(path, message));
    }

    /** Notes a problem with a field. */
    void problem(String field, String message) {
        problems.add(new PolicyProblem(path + "." + field, message));
    }
}
