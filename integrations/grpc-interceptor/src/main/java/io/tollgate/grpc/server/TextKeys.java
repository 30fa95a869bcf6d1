package io.tollgate.grpc.server;

import io.grpc.Metadata;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The keys of metadata that are text, created once for each name. */
final class TextKeys {
    /** More than policies read and responses carry. Further keys are created each time. */
    private static final int MAX = 256;

    private static final String BINARY = Metadata.BINARY_HEADER_SUFFIX;
    private static final Map<String, Metadata.Key<String>> KNOWN = new ConcurrentHashMap<>();

    private TextKeys() {}

    /** Returns the key for the name of a header, in any case; null if metadata with that name cannot be text. */
    static Metadata.@Nullable Key<String> find(String name) {
        Metadata.Key<String> known = KNOWN.get(name);
        if (known != null) {
            return known;
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(BINARY) || !isName(lower)) {
            return null;
        }
        Metadata.Key<String> key = Metadata.Key.of(lower, Metadata.ASCII_STRING_MARSHALLER);
        if (KNOWN.size() < MAX) {
            KNOWN.put(name, key);
        }
        return key;
    }

    /** Adds a header, unless it is there already or metadata cannot have its name. */
    static void add(Metadata metadata, String name, String value) {
        Metadata.Key<String> key = find(name);
        if (key != null && !metadata.containsKey(key)) {
            metadata.put(key, value);
        }
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean valid = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
            if (!valid) {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
