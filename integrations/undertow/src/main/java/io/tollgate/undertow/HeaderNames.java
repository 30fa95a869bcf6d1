package io.tollgate.undertow;

import io.undertow.util.HttpString;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Header names in Undertow's form, made once. */
final class HeaderNames {
    /** More names than anyone's policies make up; beyond, they are made anew. */
    private static final int MAX = 256;

    private static final Map<String, HttpString> KNOWN = new ConcurrentHashMap<>();

    static final HttpString CONTENT_TYPE_OPTIONS = of("X-Content-Type-Options");

    private HeaderNames() {}

    /** Returns the name of a field to look for; null if it is no name. Lookups by text compute a hash each time. */
    static @Nullable HttpString ofRequest(String name) {
        HttpString known = KNOWN.get(name);
        if (known != null) {
            return known;
        }
        return HeaderText.isToken(name) ? of(name) : null;
    }

    static HttpString of(String name) {
        HttpString known = KNOWN.get(name);
        if (known != null) {
            return known;
        }
        HttpString made = HttpString.tryFromString(HeaderText.name(name));
        HttpString result = made != null ? made : new HttpString(name);
        if (KNOWN.size() < MAX) {
            KNOWN.put(name, result);
        }
        return result;
    }
}
