package io.tollgate.auth;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Finds nested objects that name a member twice. The JSON parser accepts them and keeps the last; another parser keeps
 * the first, and the two then disagree on what was signed. Expects text that has been parsed without error.
 */
final class DuplicateMembers {
    private final String json;
    private int at;

    /** The names of each open object, innermost first; empty for an array. */
    private final Deque<Optional<Set<String>>> open = new ArrayDeque<>();

    private DuplicateMembers(String json) {
        this.json = json;
    }

    static boolean areNestedIn(String json) {
        // The parser rejects duplicates of the outermost object itself, and most tokens have no other.
        return json.indexOf('{', 1) > 0 && new DuplicateMembers(json).found();
    }

    private boolean found() {
        while (at < json.length()) {
            char c = json.charAt(at);
            switch (c) {
                case '{' -> open.push(Optional.of(new HashSet<>()));
                case '[' -> open.push(Optional.empty());
                case '}', ']' -> open.pop();
                case '"' -> {
                    String text = string();
                    if (isName() && !open.element().orElseThrow().add(text)) {
                        return true;
                    }
                    continue;
                }
                default -> {}
            }
            at++;
        }
        return false;
    }

    /**
     * Returns whether the string that ends here is the name of a member, which in valid JSON is what a colon follows.
     */
    private boolean isName() {
        int next = at;
        while (next < json.length() && Character.isWhitespace(json.charAt(next))) {
            next++;
        }
        return next < json.length() && json.charAt(next) == ':';
    }

    /** Returns the string that starts here, unescaped, and moves behind it. */
    private String string() {
        StringBuilder text = new StringBuilder();
        for (at++; json.charAt(at) != '"'; at++) {
            char c = json.charAt(at);
            text.append(c == '\\' ? escaped(json.charAt(++at)) : c);
        }
        at++;
        return text.toString();
    }

    private char escaped(char c) {
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                at += 4;
                yield (char) Integer.parseInt(json, at - 3, at + 1, 16);
            }
            default -> c;
        };
    }
}
