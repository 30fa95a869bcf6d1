package io.tollgate.grpc.transcoding;

import com.google.api.HttpBody;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.grpc.transcoding.json.JsonOutput;
import io.tollgate.grpc.transcoding.json.MessageCodec;
import io.tollgate.grpc.transcoding.json.UnusableMessageException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes the messages of a service as a binding has them. Thread-safe. */
final class ResponseWriter {
    private final String method;
    private final MessageCodec codec;
    private final @Nullable FieldDescriptor field;
    private final boolean raw;

    ResponseWriter(Binding.Spec spec) {
        Descriptor output = spec.method().getOutputType();
        this.method = spec.method().getFullName();
        this.codec = spec.codecs().of(output);
        this.field = spec.responseBody();
        this.raw = field == null ? HttpBodies.isHttpBody(output) : HttpBodies.isHttpBody(field);
    }

    /** Returns whether messages are bodies with a content type of their own, not JSON. */
    boolean isRaw() {
        return raw;
    }

    /** Returns the only message as a response. */
    HttpResponse response(byte[] message) {
        if (raw) {
            HttpBody body = body(message);
            return HttpResponse.of(
                    200,
                    ContentType.ofService(body.getContentType()),
                    body.getData().toByteArray());
        }
        JsonOutput output = new JsonOutput(Math.max(64, message.length * 2));
        write(message, output);
        return HttpResponse.json(200, output.toByteArray());
    }

    /** Returns a message that is a body. */
    HttpBody body(byte[] message) {
        try {
            return HttpBodies.read(message, field);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /** Appends a message as JSON. */
    void write(byte[] message, JsonOutput output) {
        try {
            if (field == null) {
                codec.write(message, output);
            } else {
                codec.writeField(field, message, output);
            }
        } catch (UnusableMessageException e) {
            throw unusable(e);
        }
    }

    private GatewayException unusable(Exception cause) {
        return GatewayException.builder(CommonError.INTERNAL_SERVER_ERROR, "The service failed to handle the request.")
                .cause(new IllegalStateException(method + " responded with what cannot be understood", cause))
                .build();
    }
}
