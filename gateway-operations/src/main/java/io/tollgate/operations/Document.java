package io.tollgate.operations;

import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.Representation;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A document that does not change while the process runs. It is made, and compressed, when it is first requested; browsers keep
 * it by its entity tag, and get it compressed if they accept that. Thread-safe.
 */
final class Document {
    /** For what has its version in its path. */
    static final Map<String, String> IMMUTABLE = Map.of("Cache-Control", "public, max-age=31536000, immutable");

    /** For what may be another after the next start. */
    static final Map<String, String> REVALIDATED = Map.of("Cache-Control", "no-cache");

    private final Lazy<Representation> content;

    /**
     * Describes a document.
     *
     * @param headers of each response, beside {@code Content-Type}, {@code ETag} and {@code Vary}
     * @param bytes called on a thread of its own
     */
    Document(String contentType, Map<String, String> headers, Supplier<byte[]> bytes) {
        this.content =
                new Lazy<>(() -> Representation.of(contentType, bytes.get()).withHeaders(headers));
    }

    /** Returns a file of the jar, whose type follows from its name. */
    static Document file(String name, Map<String, String> headers) {
        return new Document(type(name), headers, () -> JarFiles.read(name));
    }

    /** Responds to a {@code GET} or {@code HEAD}. */
    CompletionStage<HttpResponse> respond(HttpRequestHead request) {
        return content.get().thenApply(made -> made.respond(request));
    }

    private static String type(String name) {
        String extension = name.substring(name.lastIndexOf('.') + 1);
        return switch (extension) {
            case "html" -> "text/html; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "svg" -> "image/svg+xml";
            default -> throw new IllegalArgumentException("name: " + name + " (expected: .html, .js, .css or .svg)");
        };
    }
}
