package io.tollgate.undertow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** The headers of one response, of which a later one replaces an earlier one of its name. */
final class ResponseHead {
    private static final int FEW = 48;

    /** Names and values, in turn. */
    private final List<String> fields = new ArrayList<>(FEW);

    void put(String name, String value) {
        for (int i = 0; i < fields.size(); i += 2) {
            if (fields.get(i).equalsIgnoreCase(name)) {
                fields.set(i + 1, value);
                return;
            }
        }
        fields.add(name);
        fields.add(value);
    }

    void forEach(BiConsumer<String, String> sink) {
        for (int i = 0; i < fields.size(); i += 2) {
            sink.accept(fields.get(i), fields.get(i + 1));
        }
    }
}
