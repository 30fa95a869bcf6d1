package io.tollgate.api.http;

import static java.util.Objects.requireNonNull;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Responds with 304 and without a body to clients that have the content already (RFC 9110, section 13):
 *
 * <pre>{@code
 * HttpEndpoint prices = EntityTags.around(request -> prices()
 *         .thenApply(json -> HttpResponse.json(200, json).withHeader("Cache-Control", "no-cache")));
 * }</pre>
 *
 * <p>A response to {@code GET} or {@code HEAD} with status 200 gets an {@code ETag}, unless the endpoint set one: a weak one, made of a
 * hash of the bytes, so that it holds for every coding of them. It is compared with {@code If-None-Match} weakly. The 304 has the
 * headers of the response but those that describe a body. A stream gets no tag of its own; if the endpoint set one and it
 * matches, the stream is never subscribed to.
 *
 * <p>The endpoint makes its response before it is compared, so this saves bytes and not work: about 5 microseconds for each KiB on
 * the thread that completes the response. For content that does not change see {@link Representation}.
 */
public final class EntityTags {
    private static final Set<String> OF_A_BODY =
            caseInsensitive("Content-Type", "Content-Encoding", "Content-Length", "Content-Language", "Content-Range");

    private EntityTags() {}

    /** Returns an endpoint that responds to clients which have the content that {@code endpoint} returns. */
    public static HttpEndpoint around(HttpEndpoint endpoint) {
        requireNonNull(endpoint, "endpoint");
        return request -> endpoint.handle(request).thenApply(response -> apply(request, response));
    }

    /** Returns {@code response} with its tag, or the 304 in its place, for what is no endpoint, such as a {@link RouteEndpoint}. */
    public static HttpResponse apply(HttpRequestHead request, HttpResponse response) {
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        if (!reads || response.status() != 200) {
            return response;
        }
        HttpResponse tagged = response;
        if (response.header("ETag").isEmpty()) {
            if (response.stream().isPresent()) {
                return response;
            }
            tagged = response.withHeader("ETag", weakTag(response.bytes()));
        }
        return matches(request.headers("If-None-Match"), tagged.header("ETag").orElseThrow())
                ? notModified(tagged)
                : tagged;
    }

    /** Returns the 304 in place of a response. */
    static HttpResponse notModified(HttpResponse response) {
        HttpResponse[] same = {HttpResponse.empty(304)};
        response.forEachHeader((name, value) -> {
            if (!OF_A_BODY.contains(name)) {
                same[0] = same[0].withHeader(name, value);
            }
        });
        return same[0];
    }

    /** Returns a weak tag of these bytes, in whichever coding they are sent. */
    static String weakTag(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return "W/\"" + HexFormat.of().formatHex(hash, 0, 12) + "\"";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Returns whether one of the tags in {@code If-None-Match} is this one, compared weakly, or all are meant. */
    static boolean matches(List<String> ifNoneMatch, String tag) {
        String opaque = tag.startsWith("W/") ? tag.substring(2) : tag;
        for (String line : ifNoneMatch) {
            if (line.strip().equals("*") || lists(line, opaque)) {
                return true;
            }
        }
        return false;
    }

    /** Reads a list of tags, in which a tag may have a comma; what follows something malformed is not read. */
    private static boolean lists(String line, String opaque) {
        int at = 0;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (c == ' ' || c == '\t' || c == ',') {
                at++;
                continue;
            }
            int start = line.startsWith("W/", at) ? at + 2 : at;
            int end = start < line.length() && line.charAt(start) == '"' ? line.indexOf('"', start + 1) : -1;
            if (end < 0) {
                return false;
            }
            if (end + 1 - start == opaque.length() && line.startsWith(opaque, start)) {
                return true;
            }
            at = end + 1;
        }
        return false;
    }

    private static Set<String> caseInsensitive(String... names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(List.of(names));
        return set;
    }
}
