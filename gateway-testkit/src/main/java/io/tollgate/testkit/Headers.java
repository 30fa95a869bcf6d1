package io.tollgate.testkit;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;

/** Header lines in order, whose names are case-insensitive. Immutable. */
record Headers(List<Line> lines) {
    static final Headers NONE = new Headers(List.of());

    /** One line. */
    record Line(String name, String value) {
        Line {
            requireNonNull(name, "name");
            requireNonNull(value, "value");
        }
    }

    Headers and(String name, String value) {
        List<Line> more = new ArrayList<>(lines);
        more.add(new Line(name, value));
        return new Headers(List.copyOf(more));
    }

    /** Returns the headers with one line of that name, in place of any others. */
    Headers with(String name, String value) {
        List<Line> more = new ArrayList<>(lines);
        more.removeIf(line -> line.name().equalsIgnoreCase(name));
        return new Headers(List.copyOf(more)).and(name, value);
    }

    List<String> all(String name) {
        return lines.stream()
                .filter(line -> line.name().equalsIgnoreCase(name))
                .map(Line::value)
                .toList();
    }
}
