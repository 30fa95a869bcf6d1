package io.tollgate.grpc.transcoding;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON that a codec has written into the values that an error may carry. Only for that: it trusts the text to be well-formed.
 */
final class JsonTree {
    /** An element that an error cannot carry. */
    private static final Object NULL = new Object();

    private static final int MAX_LONG_DIGITS = 18;

    private final String text;
    private int at;

    private JsonTree(String text) {
        this.text = text;
    }

    /** Returns strings, numbers, booleans, and lists and maps of these; {@code null} is left out. */
    static Object parse(byte[] json) {
        return new JsonTree(new String(json, UTF_8)).value();
    }

    private Object value() {
        char c = text.charAt(at);
        if (c == '{') {
            return object();
        } else if (c == '[') {
            return array();
        } else if (c == '"') {
            return string();
        }
        int from = at;
        while (at < text.length() && ",]}".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String literal = text.substring(from, at);
        return switch (literal) {
            case "true", "false" -> Boolean.valueOf(literal);
            case "null" -> NULL;
            default -> number(literal);
        };
    }

    private static Number number(String literal) {
        boolean whole = literal.length() <= MAX_LONG_DIGITS && literal.chars().noneMatch(c -> ".eE".indexOf(c) >= 0);
        return whole ? (Number) Long.valueOf(literal) : (Number) Double.valueOf(literal);
    }

    private Map<String, Object> object() {
        Map<String, Object> entries = new LinkedHashMap<>();
        at++;
        while (text.charAt(at) != '}') {
            String name = string();
            at++; // the colon
            Object value = value();
            if (value != NULL) {
                entries.put(name, value);
            }
            skipComma();
        }
        at++;
        return entries;
    }

    private List<Object> array() {
        List<Object> elements = new ArrayList<>();
        at++;
        while (text.charAt(at) != ']') {
            Object value = value();
            if (value != NULL) {
                elements.add(value);
            }
            skipComma();
        }
        at++;
        return elements;
    }

    private void skipComma() {
        if (text.charAt(at) == ',') {
            at++;
        }
    }

    private String string() {
        StringBuilder string = new StringBuilder();
        for (at++; text.charAt(at) != '"'; at++) {
            char c = text.charAt(at);
            if (c != '\\') {
                string.append(c);
                continue;
            }
            char escape = text.charAt(++at);
            switch (escape) {
                case 'b' -> string.append('\b');
                case 'f' -> string.append('\f');
                case 'n' -> string.append('\n');
                case 'r' -> string.append('\r');
                case 't' -> string.append('\t');
                case 'u' -> {
                    string.append((char) Integer.parseInt(text, at + 1, at + 5, 16));
                    at += 4;
                }
                default -> string.append(escape);
            }
        }
        at++;
        return string.toString();
    }
}
