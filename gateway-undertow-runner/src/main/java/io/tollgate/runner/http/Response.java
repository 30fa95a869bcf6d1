package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import java.util.function.BiConsumer;

/** A complete answer, ready to be written. Immutable. */
public final class Response {
    private static final byte[] NO_BODY = {};
    private static final String[] NO_HEADERS = {};
    private static final String[] JSON = {"Content-Type", "application/json"};

    private final int status;
    private final byte[] body;
    private final String[] headers;

    private Response(int status, byte[] body, String[] headers) {
        this.status = status;
        this.body = body;
        this.headers = headers;
    }

    /**
     * A JSON answer.
     *
     * @param body not copied, and not to be changed any more
     */
    static Response json(int status, byte[] body) {
        return new Response(status, requireNonNull(body, "body"), JSON);
    }

    /**
     * An answer of any type.
     *
     * @param body not copied, and not to be changed any more
     */
    static Response of(int status, String contentType, byte[] body) {
        return new Response(status, requireNonNull(body, "body"), new String[] {"Content-Type", contentType});
    }

    /** An answer of headers alone. */
    static Response empty(int status) {
        return new Response(status, NO_BODY, NO_HEADERS);
    }

    /** The same with one header more. */
    Response withHeader(String name, String value) {
        String[] more = new String[headers.length + 2];
        System.arraycopy(headers, 0, more, 0, headers.length);
        more[headers.length] = requireNonNull(name, "name");
        more[headers.length + 1] = requireNonNull(value, "value");
        return new Response(status, body, more);
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The bytes of the body; not to be changed. */
    public byte[] body() {
        return body;
    }

    /** Hands each header to {@code sink}, name first. */
    public void forEachHeader(BiConsumer<String, String> sink) {
        for (int i = 0; i < headers.length; i += 2) {
            sink.accept(headers[i], headers[i + 1]);
        }
    }
}
