package io.tollgate.grpc.transcoding;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A path template of {@code google/api/http.proto}, such as {@code /v1/{name=shelves/*}/books:search}. Immutable.
 *
 * @param text the template as it was written
 * @param segments literals, {@code *} and at most one {@code **}, with variables unwound; a literal is never one of these
 * @param verb the text after the last colon; empty without one
 */
record HttpTemplate(String text, List<String> segments, String verb, List<Variable> variables) {
    static final String ONE = "*";
    static final String MANY = "**";

    private static final int MAX_LENGTH = 2_000;

    /**
     * A variable and the segments that it captures.
     *
     * @param field the path of a field, dotted
     * @param from the index of its first segment in the template
     * @param to the index after its last segment
     * @param single whether it always captures one segment, and is decoded entirely
     */
    record Variable(String field, int from, int to, boolean single) {}

    /**
     * Parses a template.
     *
     * @throws IllegalArgumentException if it is malformed, with the place of the fault
     */
    static HttpTemplate parse(String text) {
        return new Parser(text).parse();
    }

    /** Returns the template with variables unwound: two templates with the same shape have the same requests. */
    String shape() {
        return "/" + String.join("/", segments) + (verb.isEmpty() ? "" : ":" + verb);
    }

    /** Returns the index of {@code **}; -1 without one. */
    int many() {
        return segments.indexOf(MANY);
    }

    @Override
    public String toString() {
        return text;
    }

    /** One pass over the text of a template. */
    private static final class Parser {
        private final String text;
        private final List<String> segments = new ArrayList<>();
        private final List<Variable> variables = new ArrayList<>();
        private final Set<String> fields = new HashSet<>();
        private int at;

        Parser(String text) {
            this.text = text;
        }

        HttpTemplate parse() {
            if (text.length() > MAX_LENGTH) {
                throw new IllegalArgumentException(
                        "template of " + text.length() + " characters (expected: at most " + MAX_LENGTH + ")");
            }
            expect('/', "a slash");
            if (at < text.length()) {
                segments(true);
            }
            String verb = "";
            if (take(':')) {
                verb = literal("a verb");
            }
            if (at < text.length()) {
                throw wrong("a slash, a verb or the end");
            }
            return new HttpTemplate(text, List.copyOf(segments), verb, List.copyOf(variables));
        }

        private void segments(boolean variablesToo) {
            do {
                segment(variablesToo);
            } while (take('/'));
        }

        private void segment(boolean variablesToo) {
            if (take('*')) {
                if (!take('*')) {
                    segments.add(ONE);
                } else if (segments.contains(MANY)) {
                    at -= 2;
                    throw wrong("at most one ** in a template");
                } else {
                    segments.add(MANY);
                }
            } else if (variablesToo && take('{')) {
                variable();
            } else {
                segments.add(literal(variablesToo ? "a literal, *, ** or a variable" : "a literal, * or **"));
            }
        }

        private void variable() {
            String field = fieldPath();
            if (!fields.add(field)) {
                throw new IllegalArgumentException(
                        "template " + text + " has two variables " + field + " (expected: one)");
            }
            int from = segments.size();
            if (take('=')) {
                segments(false);
            } else {
                segments.add(ONE);
            }
            expect('}', "} after the variable " + field);
            boolean single = segments.size() == from + 1 && !segments.get(from).equals(MANY);
            variables.add(new Variable(field, from, segments.size(), single));
        }

        private String fieldPath() {
            int from = at;
            do {
                int start = at;
                while (at < text.length() && isIdentifier(text.charAt(at), at == start)) {
                    at++;
                }
                if (at == start) {
                    throw wrong("the name of a field");
                }
            } while (take('.'));
            return text.substring(from, at);
        }

        private String literal(String expected) {
            int from = at;
            while (at < text.length() && isLiteral(text.charAt(at))) {
                if (text.charAt(at) == '%' && !Percent.isEscape(text, at)) {
                    throw wrong("two hexadecimal digits after %");
                }
                at++;
            }
            if (at == from) {
                throw wrong(expected);
            }
            return text.substring(from, at);
        }

        private void expect(char c, String expected) {
            if (!take(c)) {
                throw wrong(expected);
            }
        }

        private boolean take(char c) {
            if (at < text.length() && text.charAt(at) == c) {
                at++;
                return true;
            }
            return false;
        }

        private IllegalArgumentException wrong(String expected) {
            String found = at < text.length() ? "\"" + text.charAt(at) + "\"" : "the end";
            return new IllegalArgumentException("template \"" + text + "\" has " + found + " at character " + (at + 1)
                    + " (expected: " + expected + ")");
        }

        private static boolean isIdentifier(char c, boolean first) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
        }

        /** Returns whether a segment of a path can have this character (RFC 3986), and no part of the grammar needs it. */
        private static boolean isLiteral(char c) {
            return c > ' ' && c <= '~' && "/{}*:=?#\"<>\\^`|[]".indexOf(c) < 0;
        }
    }
}
