package io.tollgate.auth.json;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.util.Map;

/** Parses a JSON object of bounded depth: a parser recurses, and anyone can make tokens of thousands of brackets. */
public final class JsonObject {
    /** The deepest nesting that is accepted; no token or key needs more than a few levels. */
    public static final int MAX_DEPTH = 64;

    private JsonObject() {}

    /**
     * Returns the members of the object.
     *
     * @throws ParseException if the text is not a JSON object, or is nested too deep
     */
    public static Map<String, Object> parse(String json) throws ParseException {
        Map<String, Object> object = json.startsWith("{") && isShallow(json) ? JSONObjectUtils.parse(json) : null;
        if (object == null) {
            throw new ParseException("no JSON object of at most " + MAX_DEPTH + " levels", 0);
        }
        return object;
    }

    private static boolean isShallow(String json) {
        int depth = 0;
        boolean inString = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (inString) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    inString = false;
                }
            } else if (c == '"') {
                inString = true;
            } else if (c == '{' || c == '[') {
                if (++depth > MAX_DEPTH) {
                    return false;
                }
            } else if (c == '}' || c == ']') {
                depth--;
            }
        }
        return true;
    }
}
