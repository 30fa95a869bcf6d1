package io.tollgate.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values that an error may carry: those of JSON, so that every error can be rendered and serialized. */
final class JsonValue {
    private JsonValue() {}

    /** Returns an unmodifiable copy. */
    static Object copy(Object value) {
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        if (value instanceof List<?> list) {
            List<Object> elements = new ArrayList<>(list.size());
            list.forEach(element -> elements.add(copy(element)));
            return Collections.unmodifiableList(elements);
        }
        if (value instanceof Map<?, ?> map) {
            return copy(map);
        }
        throw new IllegalArgumentException("value: a " + value.getClass().getName()
                + " (expected: a string, number or boolean, or a list or map of these)");
    }

    /** Returns an unmodifiable copy in the same order. */
    static Map<String, Object> copy(Map<?, ?> map) {
        Map<String, Object> entries = new LinkedHashMap<>();
        map.forEach((key, element) -> entries.put((String) key, copy(element)));
        return Collections.unmodifiableMap(entries);
    }
}
