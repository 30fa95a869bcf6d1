package io.tollgate.grpc.transcoding;

import com.google.protobuf.Descriptors.Descriptor;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.grpc.transcoding.json.FieldPath;
import io.tollgate.grpc.transcoding.json.FixedFields;
import io.tollgate.grpc.transcoding.json.MessageCodec;
import io.tollgate.grpc.transcoding.json.RequestMessage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the request message of a binding of a request's path, query, body and identity. Thread-safe. */
final class RequestBinder {
    private final Binding.Spec spec;
    private final MessageCodec codec;
    private final FixedFields fixed;
    private final QueryReader query;
    private final boolean bodyless;
    private final @Nullable RawBody raw;

    /** The fields of a {@code google.api.HttpBody} that takes the body as it is. */
    private record RawBody(FieldPath contentType, FieldPath data) {
        static @Nullable RawBody of(Binding.Spec spec) {
            Descriptor input = spec.method().getInputType();
            FieldPath field = spec.bodyField();
            if (field != null && HttpBodies.isHttpBody(field.field())) {
                String name = field.field().getName();
                return new RawBody(FieldPath.of(input, name + ".content_type"), FieldPath.of(input, name + ".data"));
            }
            return spec.body().equals(Binding.ALL) && HttpBodies.isHttpBody(input)
                    ? new RawBody(FieldPath.of(input, "content_type"), FieldPath.of(input, "data"))
                    : null;
        }
    }

    RequestBinder(Binding.Spec spec) {
        FixedFields.Builder fields = FixedFields.builder(spec.method().getInputType());
        spec.variables().stream()
                .filter(path -> !spec.identity().containsKey(path))
                .forEach(fields::bound);
        spec.identity().keySet().forEach(fields::discarded);
        this.spec = spec;
        this.codec = spec.codecs().of(spec.method().getInputType());
        this.fixed = fields.build();
        this.query = new QueryReader(spec, fixed);
        this.bodyless = spec.body().isEmpty();
        this.raw = RawBody.of(spec);
    }

    /**
     * Returns the message in the wire format.
     *
     * @throws GatewayException with all violations; of {@code INVALID_REQUEST}, {@code INVALID_JSON} or {@code
     *     UNSUPPORTED_MEDIA_TYPE} if parts of the request cannot be read at all; of {@code PERMISSION_DENIED} if an identity does
     *     not fit its field
     */
    byte[] bind(PathMatcher.Match<Binding> match, HttpRequestHead head, byte[] body, Caller caller) {
        String[] values = variables(match);
        RequestMessage message = codec.request(fixed);
        List<FieldPath> fields = spec.variables();
        for (int i = 0; i < values.length; i++) { // First, as of two members of a oneof the later one is at fault.
            if (!spec.identity().containsKey(fields.get(i))) {
                message.set(fields.get(i), values[i]);
            }
        }
        readBody(head, body, message);
        Optional<String> parameters = head.query();
        if (parameters.isPresent()) {
            query.read(parameters.get(), message);
        }
        if (!spec.identity().isEmpty()) {
            identify(caller, message);
        }
        return message.toByteArray();
    }

    /** Returns the values of the template's variables. The rest of the path must be decodable too. */
    private static String[] variables(PathMatcher.Match<Binding> match) {
        if (!match.path().isDecodable()) {
            throw undecodable();
        }
        List<HttpTemplate.Variable> variables = match.template().variables();
        String[] values = new String[variables.size()];
        for (int i = 0; i < values.length; i++) {
            String captured = match.capture(variables.get(i));
            String decoded = variables.get(i).single() ? Percent.segment(captured) : Percent.segments(captured);
            if (decoded == null) {
                throw undecodable();
            }
            values[i] = decoded;
        }
        return values;
    }

    private static GatewayException undecodable() {
        return GatewayException.of(CommonError.INVALID_REQUEST, "The path is not percent-encoded UTF-8.");
    }

    private void readBody(HttpRequestHead head, byte[] body, RequestMessage message) {
        if (bodyless) {
            requireNone(body);
        } else if (raw != null) {
            head.header("Content-Type").ifPresent(type -> message.set(raw.contentType, type));
            if (body.length > 0) {
                message.setBytes(raw.data, body);
            }
        } else if (body.length > 0) {
            requireJson(head);
            FieldPath field = spec.bodyField();
            if (field == null) {
                message.readBody(body);
            } else {
                message.readBody(field, body);
            }
        }
    }

    private static void requireJson(HttpRequestHead head) {
        List<String> encodings = head.headers("Content-Encoding");
        boolean encoded = encodings.stream().anyMatch(each -> !each.strip().equalsIgnoreCase("identity"));
        if (encoded || !ContentType.isJson(head.headers("Content-Type"))) {
            throw GatewayException.of(
                    CommonError.UNSUPPORTED_MEDIA_TYPE,
                    "The body must be application/json, in UTF-8 and without a Content-Encoding.");
        }
    }

    /** Accepts what clients send that cannot send nothing: whitespace, or an empty object. */
    private static void requireNone(byte[] body) {
        int from = 0;
        int to = body.length;
        while (from < to && isSpace(body[from])) {
            from++;
        }
        while (to > from && isSpace(body[to - 1])) {
            to--;
        }
        if (from == to) {
            return;
        }
        boolean braces = body[from] == '{' && body[to - 1] == '}' && to - from >= 2;
        for (int i = from + 1; braces && i < to - 1; i++) {
            braces = isSpace(body[i]);
        }
        if (!braces) {
            throw GatewayException.of(CommonError.INVALID_REQUEST, "This request takes no body.");
        }
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\n' || b == '\r';
    }

    private void identify(Caller caller, RequestMessage message) {
        for (Map.Entry<FieldPath, IdentitySource> field : spec.identity().entrySet()) {
            String value = field.getValue().of(caller);
            if (value != null && !message.setIdentity(field.getKey(), value)) {
                throw IdentitySource.unfit();
            }
        }
    }
}
