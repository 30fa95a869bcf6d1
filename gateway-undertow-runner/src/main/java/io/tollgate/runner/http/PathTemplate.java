package io.tollgate.runner.http;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The template of a path, whose parameters are whole segments in braces: {@code /tickets/{event_id}/purchase}. Immutable. */
final class PathTemplate {
    private static final Pattern PARAMETER = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}");
    private static final Pattern TEMPLATE =
            Pattern.compile("/|(/([A-Za-z0-9._~!$&'()*+,;=:@%-]+|" + PARAMETER.pattern() + "))+/?");

    private final String text;
    private final List<String> names;
    /** The texts before, between and after the parameters. */
    private final String[] literals;

    private PathTemplate(String text, List<String> names, String[] literals) {
        this.text = text;
        this.names = names;
        this.literals = literals;
    }

    /**
     * Parses a template.
     *
     * @throws IllegalArgumentException if it is none, or names a parameter twice
     */
    static PathTemplate of(String text) {
        if (!TEMPLATE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "template: " + text + " (expected: a path such as /tickets/{id}, each parameter a whole segment)");
        }
        List<String> names = new ArrayList<>();
        List<String> literals = new ArrayList<>();
        Matcher parameter = PARAMETER.matcher(text);
        int from = 0;
        while (parameter.find()) {
            if (names.contains(parameter.group(1))) {
                throw new IllegalArgumentException(
                        "template: " + text + ": two parameters " + parameter.group(1) + " (expected: one)");
            }
            names.add(parameter.group(1));
            literals.add(text.substring(from, parameter.start()));
            from = parameter.end();
        }
        literals.add(text.substring(from));
        return new PathTemplate(text, List.copyOf(names), literals.toArray(String[]::new));
    }

    /** Returns the values of the parameters in {@code path}, still percent-encoded, in order; null for another path. */
    @Nullable
    List<String> match(String path) {
        if (names.isEmpty()) {
            return text.equals(path) ? List.of() : null;
        }
        if (!path.startsWith(literals[0])) {
            return null;
        }
        int at = literals[0].length();
        String first = "";
        List<String> values = null;
        for (int i = 1; i < literals.length; i++) {
            int slash = path.indexOf('/', at);
            int end = slash < 0 ? path.length() : slash;
            String value = path.substring(at, end);
            if (i == 1) {
                first = value;
            } else {
                values = values == null ? new ArrayList<>(List.of(first)) : values;
                values.add(value);
            }
            if (!path.startsWith(literals[i], end)) {
                return null;
            }
            at = end + literals[i].length();
        }
        if (at != path.length()) {
            return null;
        }
        return values == null ? List.of(first) : values;
    }

    /** Returns the index of a parameter, or -1. */
    int indexOf(String name) {
        return names.indexOf(name);
    }

    /** Returns {@code text}, with each parameter of this template in it replaced by its value. */
    String fill(String text, List<String> values) {
        String filled = text;
        for (int i = 0; i < names.size(); i++) {
            filled = filled.replace("{" + names.get(i) + "}", values.get(i));
        }
        return filled;
    }

    @Override
    public String toString() {
        return text;
    }
}
