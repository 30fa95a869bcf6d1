package io.tollgate.api.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A response: a status, headers, and a body that is either bytes or a stream of them. Immutable; the bytes are not copied and
 * must not be changed.
 */
public final class HttpResponse {
    private static final String[] NO_HEADERS = {};
    private static final String[] JSON = {"Content-Type", "application/json"};
    private static final byte[] NO_BYTES = {};

    private final int status;
    private final String[] headers;
    private final byte[] bytes;
    private final Flow.@Nullable Publisher<ByteBuffer> stream;

    private HttpResponse(int status, String[] headers, byte[] bytes, Flow.@Nullable Publisher<ByteBuffer> stream) {
        this.status = status;
        this.headers = headers;
        this.bytes = bytes;
        this.stream = stream;
    }

    /**
     * Returns a response without a body.
     *
     * @param status 200 to 599
     */
    public static HttpResponse empty(int status) {
        return new HttpResponse(checked(status), NO_HEADERS, NO_BYTES, null);
    }

    /**
     * Returns a response with a JSON body.
     *
     * @param status 200 to 599
     * @param body not copied
     */
    public static HttpResponse json(int status, byte[] body) {
        return new HttpResponse(checked(status), JSON, requireNonNull(body, "body"), null);
    }

    /**
     * Returns a response with a body.
     *
     * @param status 200 to 599
     * @param contentType the value of {@code Content-Type}
     * @param body not copied
     */
    public static HttpResponse of(int status, String contentType, byte[] body) {
        return new HttpResponse(
                checked(status), new String[] {"Content-Type", contentType}, requireNonNull(body, "body"), null);
    }

    /**
     * Returns a response whose body is streamed. The server subscribes once, requests no more than it can write, and
     * cancels if the client leaves. It does not subscribe if the client has left before, or if there can be no body: to
     * {@code HEAD}, and with status 204 or 304. If the stream fails, the connection closes without the end of the body.
     *
     * @param status 200 to 599
     * @param contentType the value of {@code Content-Type}
     */
    public static HttpResponse streaming(int status, String contentType, Flow.Publisher<ByteBuffer> body) {
        return new HttpResponse(
                checked(status), new String[] {"Content-Type", contentType}, NO_BYTES, requireNonNull(body, "body"));
    }

    /** Returns the same response with another header, which replaces an earlier one of that name. */
    public HttpResponse withHeader(String name, String value) {
        requireNonNull(name, "name");
        requireNonNull(value, "value");
        for (int i = 0; i < headers.length; i += 2) {
            if (headers[i].equalsIgnoreCase(name)) {
                String[] replaced = headers.clone();
                replaced[i + 1] = value;
                return new HttpResponse(status, replaced, bytes, stream);
            }
        }
        String[] more = Arrays.copyOf(headers, headers.length + 2);
        more[headers.length] = name;
        more[headers.length + 1] = value;
        return new HttpResponse(status, more, bytes, stream);
    }

    /** Returns the same response with further headers, which replace earlier ones of their names. */
    public HttpResponse withHeaders(Map<String, String> more) {
        HttpResponse response = this;
        for (Map.Entry<String, String> header : more.entrySet()) {
            response = response.withHeader(header.getKey(), header.getValue());
        }
        return response;
    }

    /** Returns the same response with other bytes as its body. */
    HttpResponse withBytes(byte[] body) {
        return new HttpResponse(status, headers, body, null);
    }

    /** Returns the status code. */
    public int status() {
        return status;
    }

    /** Returns the bytes of the body, not a copy; empty if there is none or it is a {@link #stream}. */
    public byte[] bytes() {
        return bytes;
    }

    /** Returns the body as a stream; empty if it is bytes. */
    public Optional<Flow.Publisher<ByteBuffer>> stream() {
        return Optional.ofNullable(stream);
    }

    /**
     * Writes the body and blocks until it is written, for servers with a thread for each request. A stream is written, and
     * flushed, one buffer at a time; the next one is requested when {@code out} has taken it.
     *
     * @param out is flushed before the first buffer of a stream, and not closed: after a failure, an end of the body would
     *     show the client half of it as the whole
     * @throws IOException if {@code out} fails, by which the client has left, or the stream does, or the thread is interrupted;
     *     the stream is cancelled then
     */
    public void writeTo(OutputStream out) throws IOException {
        if (stream == null) {
            out.write(bytes);
        } else {
            StreamWriter.write(stream, out);
        }
    }

    /** Returns the value of a header; names are case-insensitive. */
    public Optional<String> header(String name) {
        for (int i = 0; i < headers.length; i += 2) {
            if (headers[i].equalsIgnoreCase(name)) {
                return Optional.of(headers[i + 1]);
            }
        }
        return Optional.empty();
    }

    /** Passes each header to {@code sink}, name first. */
    public void forEachHeader(BiConsumer<String, String> sink) {
        for (int i = 0; i < headers.length; i += 2) {
            sink.accept(headers[i], headers[i + 1]);
        }
    }

    private static int checked(int status) {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("status: " + status + " (expected: 200 to 599)");
        }
        return status;
    }

    /** Returns the status and the size of the body. */
    @Override
    public String toString() {
        return "HttpResponse[" + status + ", " + (stream == null ? bytes.length + " bytes" : "streaming") + "]";
    }
}
