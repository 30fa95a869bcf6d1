package io.tollgate.api.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Content that is sent many times, such as a page or a description: compressed once, and sent as each client wants it.
 *
 * <pre>{@code
 * Representation page = Representation.of("text/html; charset=utf-8", html)
 *         .withHeader("Cache-Control", "no-cache");
 * HttpEndpoint endpoint = request -> CompletableFuture.completedStage(page.respond(request));
 * }</pre>
 *
 * <p>A response has an {@code ETag}, which is weak because it names both forms, and {@code Vary: Accept-Encoding}. To a client that has
 * the content it is 304 without a body; see {@link EntityTags} for what is compared, and {@link Compression} for how a coding is
 * chosen, and for which content must not be compressed. Immutable and thread-safe.
 */
public final class Representation {
    private static final int LEVEL = 9;
    private static final int MIN_BYTES = 256;

    private final HttpResponse plain;
    private final byte @Nullable [] gzip;

    private Representation(HttpResponse plain, byte @Nullable [] gzip) {
        this.plain = plain;
        this.gzip = gzip;
    }

    /**
     * Compresses and hashes the content: up to a quarter of a second for 1 MiB, which is no work for a thread of a server.
     *
     * @param content not copied; less than 256 bytes are not compressed, nor what does not become smaller
     */
    public static Representation of(String contentType, byte[] content) {
        HttpResponse plain = Compression.varying(
                HttpResponse.of(200, contentType, content).withHeader("ETag", EntityTags.weakTag(content)));
        return new Representation(
                plain, content.length < MIN_BYTES ? null : Gzip.compress(content, LEVEL, content.length - 1));
    }

    /** Returns the same content with another header, which every response has. */
    public Representation withHeader(String name, String value) {
        return new Representation(plain.withHeader(name, value), gzip);
    }

    /** Returns the same content with further headers, which every response has. */
    public Representation withHeaders(Map<String, String> more) {
        return new Representation(plain.withHeaders(more), gzip);
    }

    /** Responds to a {@code GET} or {@code HEAD}. */
    public HttpResponse respond(HttpRequestHead request) {
        HttpResponse tagged = EntityTags.apply(request, plain);
        if (tagged.status() != 200) {
            return tagged;
        }
        AcceptEncoding accepted = AcceptEncoding.of(request.headers("Accept-Encoding"));
        byte[] packed = gzip;
        if (accepted == AcceptEncoding.GZIP_ONLY && packed == null) {
            packed = Gzip.compressAnyway(plain.bytes(), LEVEL);
        }
        return accepted == AcceptEncoding.IDENTITY || packed == null ? tagged : Compression.coded(tagged, packed);
    }
}
