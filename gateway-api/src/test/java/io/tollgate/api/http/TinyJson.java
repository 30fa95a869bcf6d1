package io.tollgate.api.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parses JSON strictly (RFC 8259), since this module has no JSON library. Numbers are strings behind a {@code #}. */
final class TinyJson {
    private final String text;
    private int at;

    private TinyJson(String text) {
        this.text = text;
    }

    static Object parse(String text) {
        TinyJson json = new TinyJson(text);
        Object value = json.value();
        if (json.at != text.length()) {
            throw json.unexpected();
        }
        return value;
    }

    private Object value() {
        return switch (text.charAt(at)) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            default -> literal();
        };
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new LinkedHashMap<>();
        for (boolean more = open('}'); more; more = next('}')) {
            String name = string();
            take(':');
            if (members.put(name, value()) != null) {
                throw new AssertionError("twice: " + name);
            }
        }
        return members;
    }

    private List<Object> array() {
        List<Object> elements = new ArrayList<>();
        for (boolean more = open(']'); more; more = next(']')) {
            elements.add(value());
        }
        return elements;
    }

    private boolean open(char end) {
        at++;
        if (text.charAt(at) != end) {
            return true;
        }
        at++;
        return false;
    }

    private boolean next(char end) {
        if (text.charAt(at) == ',') {
            at++;
            return true;
        }
        take(end);
        return false;
    }

    private String string() {
        take('"');
        StringBuilder value = new StringBuilder();
        while (text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c < ' ') {
                throw unexpected();
            }
            value.append(c == '\\' ? escaped() : c);
        }
        at++;
        return value.toString();
    }

    private char escaped() {
        char c = text.charAt(at++);
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> {
                at += 4;
                yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
            }
            default -> throw unexpected();
        };
    }

    private Object literal() {
        int start = at;
        while (at < text.length() && ",]}".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String literal = text.substring(start, at);
        if (literal.equals("true") || literal.equals("false")) {
            return Boolean.valueOf(literal);
        }
        if (!literal.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][-+]?\\d+)?")) {
            throw unexpected();
        }
        return "#" + literal;
    }

    private void take(char expected) {
        if (text.charAt(at++) != expected) {
            throw unexpected();
        }
    }

    private AssertionError unexpected() {
        return new AssertionError("not JSON at " + at + ": " + text);
    }
}
