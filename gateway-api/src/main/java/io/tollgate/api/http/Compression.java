package io.tollgate.api.http;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Compresses responses by gzip for clients that accept it. A response is compressed only if its endpoint says so, by being wrapped:
 *
 * <pre>{@code
 * HttpEndpoint catalogue = Compression.gzip().around(EntityTags.around(request -> catalogue()));
 * }</pre>
 *
 * <p>Do not wrap an endpoint whose responses contain both a secret and something that the client sent: who can make a browser send
 * requests, and see how long their responses are, guesses the secret letter by letter (BREACH). Responses with tokens are such, so
 * there is no filter for all routes of a server.
 *
 * <p>Compresses the bodies of responses with status 200 that are bytes, of at least 1 KiB and at most 256 KiB, if that makes them
 * smaller. Leaves alone what is a stream, has a {@code Content-Encoding}, or says {@code Cache-Control: no-transform}. Reads {@code
 * Accept-Encoding} with its weights, {@code *} and {@code identity;q=0} (RFC 9110, section 12.5.3), and adds {@code Vary:
 * Accept-Encoding}, to a 304 too. A strong {@code ETag} of the endpoint names its bytes, so it becomes a weak one when these are
 * compressed; {@code If-None-Match} compares weakly, so the client's copy stays valid in both forms.
 *
 * <p>Takes 10 microseconds (metrics) to 40 (JSON with many ids) for each KiB, on the thread that completes the response of the
 * endpoint, unless an {@linkplain Builder#executor executor} is set. Immutable and thread-safe.
 */
public final class Compression {
    private static final String NAME = "Accept-Encoding";
    /** A third of the time of the default level or less, for 10 % (JSON) to 27 % (metrics) more bytes. */
    private static final int LEVEL = 1;

    private final int minBytes;
    private final int maxBytes;
    private final @Nullable Executor executor;

    private Compression(Builder builder) {
        this.minBytes = builder.minBytes;
        this.maxBytes = builder.maxBytes;
        this.executor = builder.executor;
    }

    /** Returns compression with the default bounds. */
    public static Compression gzip() {
        return builder().build();
    }

    /** Returns a builder; every setting has a default. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns an endpoint that compresses the responses of {@code endpoint}. */
    public HttpEndpoint around(HttpEndpoint endpoint) {
        requireNonNull(endpoint, "endpoint");
        return request -> {
            CompletionStage<HttpResponse> response = endpoint.handle(request);
            return executor == null
                    ? response.thenApply(made -> apply(request, made))
                    : response.thenApplyAsync(made -> apply(request, made), executor);
        };
    }

    /** Returns {@code response} as the client wants it, for what is no endpoint, such as a {@link RouteEndpoint}. */
    public HttpResponse apply(HttpRequestHead request, HttpResponse response) {
        if (response.status() == 304) {
            return varying(response);
        }
        byte[] content = response.bytes();
        if (response.status() != 200
                || response.stream().isPresent()
                || content.length == 0
                || content.length > maxBytes
                || response.header("Content-Encoding").isPresent()
                || response.header("Cache-Control")
                        .filter(cache -> cache.toLowerCase(Locale.ROOT).contains("no-transform"))
                        .isPresent()) {
            return response;
        }
        byte[] gzip = compressed(AcceptEncoding.of(request.headers(NAME)), content);
        return varying(gzip == null ? response : coded(response, gzip));
    }

    private byte @Nullable [] compressed(AcceptEncoding accepted, byte[] content) {
        return switch (accepted) {
            case IDENTITY -> null;
            case GZIP -> content.length < minBytes ? null : Gzip.compress(content, LEVEL, content.length - 1);
            case GZIP_ONLY -> Gzip.compressAnyway(content, LEVEL);
        };
    }

    /** Returns a response with the compressed bytes in place of its own. */
    static HttpResponse coded(HttpResponse response, byte[] gzip) {
        HttpResponse coded = response.withBytes(gzip).withHeader("Content-Encoding", "gzip");
        return response.header("ETag")
                .filter(tag -> tag.startsWith("\""))
                .map(strong -> coded.withHeader("ETag", "W/" + strong))
                .orElse(coded);
    }

    /** Returns a response that says that another {@code Accept-Encoding} may get another one. */
    static HttpResponse varying(HttpResponse response) {
        String vary = response.header("Vary").orElse("");
        for (String name : vary.split(",", -1)) {
            if (name.strip().equals("*") || name.strip().equalsIgnoreCase(NAME)) {
                return response;
            }
        }
        return response.withHeader("Vary", vary.isBlank() ? NAME : vary + ", " + NAME);
    }

    /** Builds a {@link Compression}. Not thread-safe. */
    public static final class Builder {
        private static final int MAX = 64 * 1024 * 1024;

        private int minBytes = 1024;
        private int maxBytes = 256 * 1024;
        private @Nullable Executor executor;

        private Builder() {}

        /** Sets the size from which on a body is compressed, 1 byte to 64 MiB; by default 1 KiB, less than which fits in a packet. */
        public Builder minBytes(int bytes) {
            this.minBytes = within("minBytes", bytes);
            return this;
        }

        /**
         * Sets the size up to which a body is compressed, 1 byte to 64 MiB; by default 256 KiB. It bounds the time that a thread
         * of the server spends, and the memory beside the body, which is no more than the body itself. Set an executor for
         * more.
         */
        public Builder maxBytes(int bytes) {
            this.maxBytes = within("maxBytes", bytes);
            return this;
        }

        /** Sets the executor that compresses; by default it is the thread that completes the response. It is not closed. */
        public Builder executor(Executor compressing) {
            this.executor = requireNonNull(compressing, "compressing");
            return this;
        }

        /** Returns the finished compression. */
        public Compression build() {
            return new Compression(this);
        }

        private static int within(String name, int value) {
            if (value < 1 || value > MAX) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: 1 to " + MAX + ")");
            }
            return value;
        }
    }
}
