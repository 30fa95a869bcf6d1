package io.tollgate.api;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A problem type (RFC 9457, section 4) of an error that has its own.
 *
 * @param type a URI
 * @param title a short sentence that is the same for every occurrence
 * @param extensions further members; strings, numbers, booleans, and lists and maps of these, which are copied.
 *     Unmodifiable
 */
public record Problem(String type, String title, Map<String, Object> extensions) implements Serializable {
    private static final String REGISTERED = "https://iana.org/assignments/http-problem-types#";

    public Problem {
        requireNonNull(type, "type");
        requireNonNull(title, "title");
        extensions = JsonValue.copy(extensions);
    }

    /**
     * Returns a problem of a type that is registered with IANA, or proposed for registration, such as {@code
     * quota-exceeded}.
     */
    public static Problem of(String registered, String title) {
        return new Problem(REGISTERED + registered, title, Map.of());
    }

    /** Returns the same problem with another member. */
    public Problem with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(extensions);
        more.put(name, value);
        return new Problem(type, title, more);
    }
}
