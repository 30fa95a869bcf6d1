package io.tollgate.operations;

import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/**
 * A document that does not change while the process runs. It is made when it is first requested; browsers keep it by its entity
 * tag, and get it compressed if they accept that. Thread-safe.
 */
final class Document {
    /** For what has its version in its path. */
    static final Map<String, String> IMMUTABLE = Map.of("Cache-Control", "public, max-age=31536000, immutable");

    /** For what may be another after the next start. */
    static final Map<String, String> REVALIDATED = Map.of("Cache-Control", "no-cache");

    private final String contentType;
    private final Map<String, String> headers;
    private final Lazy<Content> content;

    /**
     * Describes a document.
     *
     * @param headers of each response, beside {@code Content-Type}, {@code ETag} and {@code Vary}
     * @param bytes called on a thread of its own
     */
    Document(String contentType, Map<String, String> headers, Supplier<byte[]> bytes) {
        this.contentType = contentType;
        this.headers = Map.copyOf(headers);
        this.content = new Lazy<>(() -> Content.of(bytes.get()));
    }

    /** Returns a file of the jar, whose type follows from its name. */
    static Document file(String name, Map<String, String> headers) {
        return new Document(type(name), headers, () -> JarFiles.read(name));
    }

    /** Responds to a {@code GET} or {@code HEAD}. */
    CompletionStage<HttpResponse> respond(HttpRequestHead request) {
        return content.get().thenApply(made -> respond(request, made));
    }

    private HttpResponse respond(HttpRequestHead request, Content made) {
        HttpResponse response;
        if (matches(request.headers("If-None-Match"), made.tag)) {
            response = HttpResponse.empty(304);
        } else if (acceptsGzip(request.headers("Accept-Encoding"))) {
            response = HttpResponse.of(200, contentType, made.gzip).withHeader("Content-Encoding", "gzip");
        } else {
            response = HttpResponse.of(200, contentType, made.plain);
        }
        response = response.withHeader("ETag", made.tag).withHeader("Vary", "Accept-Encoding");
        for (Map.Entry<String, String> header : headers.entrySet()) {
            response = response.withHeader(header.getKey(), header.getValue());
        }
        return response;
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

    /** Compares with any of the tags, weakly (RFC 9110, section 13.1.2). */
    private static boolean matches(List<String> ifNoneMatch, String tag) {
        String opaque = tag.substring(2);
        for (String list : ifNoneMatch) {
            for (String one : list.split(",", 32)) {
                String given = one.strip();
                if (given.equals("*") || given.equals(tag) || given.equals(opaque)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Returns whether gzip is named with a weight above zero (RFC 9110, section 12.5.3). */
    private static boolean acceptsGzip(List<String> acceptEncoding) {
        for (String list : acceptEncoding) {
            for (String one : list.toLowerCase(Locale.ROOT).split(",", 32)) {
                String[] parts = one.strip().split(";", 2);
                if (parts[0].strip().equals("gzip")) {
                    return parts.length == 1 || !parts[1].strip().matches("q\\s*=\\s*0(\\.0*)?");
                }
            }
        }
        return false;
    }

    /** The bytes of a document in both forms. */
    private static final class Content {
        private final byte[] plain;
        private final byte[] gzip;
        /** Its entity tag: weak, for it names both forms. */
        private final String tag;

        private Content(byte[] plain, byte[] gzip, String tag) {
            this.plain = plain;
            this.gzip = gzip;
            this.tag = tag;
        }

        static Content of(byte[] bytes) {
            try {
                ByteArrayOutputStream gzip = new ByteArrayOutputStream(bytes.length / 3 + 64);
                try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
                    out.write(bytes);
                }
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
                return new Content(
                        bytes, gzip.toByteArray(), "W/\"" + HexFormat.of().formatHex(hash, 0, 12) + "\"");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
    }
}
