package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/** Something to look at in a browser, at a fixed path of the public port. Thread-safe. */
public final class Page {
    private final String path;
    private final Endpoint endpoint;

    private Page(String path, Endpoint endpoint) {
        this.path = requireNonNull(path, "path");
        this.endpoint = endpoint;
    }

    /**
     * A document that does not change while the gateway runs.
     *
     * @param headers of every answer, beside {@code Content-Type} and {@code ETag}
     * @param content what it is, asked for at every request; must not block
     */
    public static Page of(
            String path, String contentType, Map<String, String> headers, Supplier<CompletionStage<Content>> content) {
        requireNonNull(contentType, "contentType");
        Map<String, String> always = Map.copyOf(headers);
        return new Page(
                path, request -> content.get().thenApply(document -> answer(request, document, contentType, always)));
    }

    /** A path where people look for the page at {@code location}, which may be relative to it. */
    public static Page redirect(String path, String location) {
        return new Page(
                path,
                request -> CompletableFuture.completedFuture(
                        HttpResponse.empty(308).withHeader("Location", location)));
    }

    String path() {
        return path;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** A document, ready to be sent in either form. Immutable. */
    public static final class Content {
        private final byte[] plain;
        private final byte[] gzip;
        /** Its entity tag: weak, for it names both forms. */
        private final String tag;

        private Content(byte[] plain, byte[] gzip, String tag) {
            this.plain = plain;
            this.gzip = gzip;
            this.tag = tag;
        }

        /** Prepares {@code bytes}, not to be changed any more; takes a while for large ones. */
        public static Content of(byte[] bytes) {
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

    private static HttpResponse answer(
            Request request, Content content, String contentType, Map<String, String> headers) {
        request.exchange().oweAlso("Vary", "Accept-Encoding");
        request.exchange().owe("ETag", content.tag);
        headers.forEach(request.exchange()::owe);
        if (hasIt(request.headers("If-None-Match"), content.tag)) {
            return HttpResponse.empty(304);
        }
        return acceptsGzip(request.headers("Accept-Encoding"))
                ? HttpResponse.of(200, contentType, content.gzip).withHeader("Content-Encoding", "gzip")
                : HttpResponse.of(200, contentType, content.plain);
    }

    /** RFC 9110, section 13.1.2: any of the tags, by the weak comparison. */
    private static boolean hasIt(List<String> ifNoneMatch, String tag) {
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

    /** RFC 9110, section 12.5.3: where gzip is named, and not to say that it is refused. */
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
}
