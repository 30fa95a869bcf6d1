package io.tollgate.auth.testkit;

import java.util.Collection;
import java.util.Map;

/** Writes JSON: maps, collections, strings, numbers and booleans. */
final class Json {
    private Json() {}

    static String write(Object value) {
        StringBuilder json = new StringBuilder();
        write(value, json);
        return json.toString();
    }

    private static void write(Object value, StringBuilder json) {
        if (value instanceof Map<?, ?> members) {
            char before = '{';
            for (Map.Entry<?, ?> member : members.entrySet()) {
                json.append(before);
                string(member.getKey().toString(), json);
                json.append(':');
                write(member.getValue(), json);
                before = ',';
            }
            json.append(members.isEmpty() ? "{}" : "}");
        } else if (value instanceof Collection<?> elements) {
            char before = '[';
            for (Object element : elements) {
                json.append(before);
                write(element, json);
                before = ',';
            }
            json.append(elements.isEmpty() ? "[]" : "]");
        } else if (value instanceof CharSequence text) {
            string(text.toString(), json);
        } else if (value instanceof Number || value instanceof Boolean) {
            json.append(value);
        } else {
            throw new IllegalArgumentException(
                    "value: " + value + " (expected: a string, a number, a boolean, a collection or a map)");
        }
    }

    private static void string(String text, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
