package io.tollgate.undertow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The headers of one response, of which a later one replaces an earlier one of its name. */
final class ResponseHead {
    private static final int FEW = 48;

    /** Names and values, in turn. */
    private final List<String> fields = new ArrayList<>(FEW);

    private ResponseHead() {}

    /** Returns the head that every response has. */
    static ResponseHead of(@Nullable String strictTransport) {
        ResponseHead head = new ResponseHead();
        head.add("date", HttpDate.now());
        head.add("x-content-type-options", "nosniff");
        if (strictTransport != null) {
            head.add("strict-transport-security", strictTransport);
        }
        return head;
    }

    private void add(String name, String value) {
        fields.add(name);
        fields.add(value);
    }

    void put(String name, String value) {
        for (int i = 0; i < fields.size(); i += 2) {
            if (fields.get(i).equalsIgnoreCase(name)) {
                fields.set(i + 1, value);
                return;
            }
        }
        add(name, value);
    }

    void forEach(BiConsumer<String, String> sink) {
        for (int i = 0; i < fields.size(); i += 2) {
            sink.accept(fields.get(i), fields.get(i + 1));
        }
    }
}
