package io.tollgate.grpc.transcoding;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.grpc.transcoding.json.FieldPath;
import io.tollgate.grpc.transcoding.json.FixedFields;
import io.tollgate.grpc.transcoding.json.RequestMessage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Sets the fields of a message from the parameters of a query. Thread-safe. */
final class QueryReader {
    /** Of a name in an error, which may be of any length. */
    private static final int MAX_SHOWN = 128;

    private static final int MAX_LEVELS = 100;
    private static final int MAX_KNOWN = 256;

    private final Descriptor type;
    private final FixedFields fixed;
    private final boolean wholeBody;
    private final @Nullable FieldDescriptor bodyField;
    private final boolean ignoreUnknown;
    /** The fields of names that were used; bounded, since a recursive message has names without end. */
    private final Map<String, FieldPath> known = new ConcurrentHashMap<>();

    QueryReader(Binding.Spec spec, FixedFields fixed) {
        this.type = spec.method().getInputType();
        this.fixed = fixed;
        this.wholeBody = spec.body().equals(Binding.ALL);
        this.bodyField = spec.bodyField() == null ? null : spec.bodyField().field();
        this.ignoreUnknown = spec.service().ignoreUnknownQuery();
    }

    /**
     * Reads a query. Parameters that no field can take are violations.
     *
     * @throws GatewayException of {@code INVALID_REQUEST} if it is not percent-encoded UTF-8
     */
    void read(String query, RequestMessage message) {
        int from = 0;
        while (from < query.length()) {
            int ampersand = query.indexOf('&', from);
            int end = ampersand < 0 ? query.length() : ampersand;
            if (end > from) {
                int equals = query.indexOf('=', from);
                int nameEnd = equals < 0 || equals > end ? end : equals;
                String name = decoded(query, from, nameEnd);
                set(name, nameEnd == end ? "" : decoded(query, nameEnd + 1, end), message);
            }
            from = end + 1;
        }
    }

    private static String decoded(String query, int from, int to) {
        String text = Percent.query(query, from, to);
        if (text == null) {
            throw GatewayException.of(CommonError.INVALID_REQUEST, "The query is not percent-encoded UTF-8.");
        }
        return text;
    }

    private void set(String name, String value, RequestMessage message) {
        FieldPath path = find(name);
        if (path == null) {
            if (!ignoreUnknown) {
                message.violation(shown(name), "UNKNOWN_FIELD", "is no parameter of this request");
            }
        } else if (fixed.contains(path)) {
            return; // The path or the gateway sets it.
        } else if (wholeBody || path.fields().get(0).equals(bodyField)) {
            message.violation(path.toString(), "IN_BODY", "must be in the body, not in the query");
        } else if (!path.readsText()) {
            message.violation(path.toString(), "INVALID_PARAMETER", "is a message or a map (expected: a single value)");
        } else {
            message.set(path, value);
        }
    }

    private @Nullable FieldPath find(String name) {
        FieldPath path = known.get(name);
        if (path != null || name.chars().filter(c -> c == '.').count() >= MAX_LEVELS) {
            return path;
        }
        path = FieldPath.find(type, name);
        if (path != null && known.size() < MAX_KNOWN) {
            known.put(name, path);
        }
        return path;
    }

    private static String shown(String name) {
        return name.length() <= MAX_SHOWN ? name : name.substring(0, MAX_SHOWN) + "…";
    }
}
