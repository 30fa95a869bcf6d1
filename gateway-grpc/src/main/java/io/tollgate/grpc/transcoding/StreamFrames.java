package io.tollgate.grpc.transcoding;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.api.HttpBody;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.grpc.transcoding.json.JsonOutput;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Writes the parts of one stream. Called by one thread at a time. Not final, so that a test can let it fail. */
class StreamFrames {
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(US_ASCII);
    private static final byte[] ERROR_EVENT = "event: error\ndata: ".getBytes(US_ASCII);
    private static final byte[] ERROR_LINE = "{\"error\":".getBytes(US_ASCII);
    private static final byte[] ERROR_LINE_END = "}\n".getBytes(US_ASCII);
    private static final ErrorRenderer ENVELOPE = ErrorRenderer.envelope();

    private final ResponseWriter writer;
    private final HttpRequestHead head;
    private final String requestId;
    private final StreamForm form;
    private boolean begun;
    /** The size of the latest message, a guess for the next. */
    private int expected = 128;

    StreamFrames(ResponseWriter writer, HttpRequestHead head, String requestId) {
        this.writer = writer;
        this.head = head;
        this.requestId = requestId;
        this.form = StreamForm.accepted(head.headers("Accept"));
    }

    /** Returns whether the head of the response depends on the first message. */
    boolean needsFirst() {
        return writer.isRaw();
    }

    boolean hasHeartbeats() {
        return form == StreamForm.EVENTS && !writer.isRaw();
    }

    /** @param first the first message, if there is one yet */
    HttpResponse response(byte @Nullable [] first, Flow.Publisher<ByteBuffer> body) {
        if (writer.isRaw()) {
            String type = first == null ? "" : writer.body(first).getContentType();
            return HttpResponse.streaming(200, ContentType.ofService(type), body);
        }
        HttpResponse response =
                HttpResponse.streaming(200, form.contentType, body).withHeader("Vary", "Accept");
        return form == StreamForm.EVENTS ? response.withHeader("Cache-Control", "no-cache") : response;
    }

    ByteBuffer message(byte[] message) {
        if (writer.isRaw()) {
            HttpBody body = writer.body(message);
            return body.getData().asReadOnlyByteBuffer();
        }
        JsonOutput output = new JsonOutput(expected + 16);
        output.append(begun ? form.next : form.first);
        writer.write(message, output);
        output.append(form.after);
        begun = true;
        expected = output.size();
        return output.toByteBuffer();
    }

    /** Returns what a stream ends with; null for nothing. */
    @Nullable
    ByteBuffer end() {
        if (writer.isRaw() || form.last.length == 0) {
            return null;
        }
        JsonOutput output = new JsonOutput(4);
        if (!begun) {
            output.append(form.first);
        }
        output.append(form.last);
        return output.toByteBuffer();
    }

    /** Returns what tells the client of an error; null if only the end of the connection can. */
    @Nullable
    ByteBuffer error(GatewayException error) {
        if (writer.isRaw() || form == StreamForm.ARRAY) {
            return null;
        }
        byte[] envelope = ENVELOPE.render(error, head, requestId).bytes();
        JsonOutput output = new JsonOutput(envelope.length + 32);
        output.append(form == StreamForm.EVENTS ? ERROR_EVENT : ERROR_LINE);
        output.append(envelope);
        output.append(form == StreamForm.EVENTS ? form.after : ERROR_LINE_END);
        return output.toByteBuffer();
    }

    ByteBuffer heartbeat() {
        return ByteBuffer.wrap(HEARTBEAT).asReadOnlyBuffer();
    }
}
