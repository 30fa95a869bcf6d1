package io.tollgate.grpc;

import io.grpc.Metadata;
import io.tollgate.api.CallContext;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The metadata of a request: its id, and the headers to propagate. */
final class CallMetadata {
    private static final Metadata.Key<String> REQUEST_ID = key("x-request-id");
    private static final Map<String, Metadata.Key<String>> USUAL = Map.of(
            "traceparent", key("traceparent"),
            "tracestate", key("tracestate"),
            "baggage", key("baggage"));

    /** Names that belong to the transport, or are set already. */
    private static final Set<String> RESERVED =
            Set.of("x-request-id", "content-type", "content-length", "te", "user-agent", "host", "connection");

    /** A server takes 8 KiB of headers in all by default, and drops the call above. */
    private static final int MAX_SIZE = 4_096;

    private CallMetadata() {}

    /** Returns the metadata for a call, without headers that gRPC cannot carry and those beyond {@value #MAX_SIZE} characters. */
    static Metadata of(CallContext context) {
        Metadata metadata = new Metadata();
        metadata.put(REQUEST_ID, context.requestId());
        if (context.propagation().isEmpty()) {
            return metadata;
        }
        int size = 0;
        for (Map.Entry<String, String> header : context.propagation().entrySet()) {
            Metadata.Key<String> key = keyFor(header.getKey());
            String value = header.getValue();
            int more = header.getKey().length() + value.length();
            if (key != null && isAscii(value) && size + more <= MAX_SIZE) {
                metadata.put(key, value);
                size += more;
            }
        }
        return metadata;
    }

    /** Adds the metadata for a call, except entries whose names {@code headers} has already. */
    static void addTo(Metadata headers, CallContext context) {
        Metadata added = of(context);
        for (String name : added.keys()) {
            Metadata.Key<String> key = key(name);
            String value = added.get(key);
            if (value != null && !headers.containsKey(key)) {
                headers.put(key, value);
            }
        }
    }

    private static Metadata.@Nullable Key<String> keyFor(String name) {
        Metadata.Key<String> usual = USUAL.get(name);
        if (usual != null) {
            return usual;
        }
        return isName(name) && !name.endsWith("-bin") && !name.startsWith("grpc-") && !RESERVED.contains(name)
                ? key(name)
                : null;
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

    /** Returns whether {@code value} is printable ASCII, with spaces inside only (gRPC's "ASCII-Value"). */
    private static boolean isAscii(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~') {
                return false;
            }
        }
        return !value.isEmpty() && value.charAt(0) != ' ' && value.charAt(value.length() - 1) != ' ';
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
