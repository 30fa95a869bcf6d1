package io.tollgate.grpc.transcoding;

import io.grpc.Metadata;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The headers of a request that a service may see. */
final class ForwardedHeaders {
    static final String AUTHORIZATION = "authorization";

    private static final Pattern NAME = Pattern.compile("[a-z0-9_.-]{1,128}");

    /** Of the connection (RFC 9110, section 7.6.1), of the body, of gRPC over HTTP/2, or sent anyway. */
    private static final Set<String> RESERVED = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "host",
            "content-length",
            "content-type",
            "content-encoding",
            "user-agent",
            "x-request-id",
            "traceparent",
            "tracestate",
            "baggage");

    private ForwardedHeaders() {}

    /** Returns the names, in lower case, of the headers that {@code Connection} keeps from the next hop (RFC 9110, section 7.6.1). */
    static Set<String> ofConnection(List<String> connection) {
        Set<String> names = new HashSet<>();
        for (String line : connection) {
            for (String option : line.split(",", -1)) {
                names.add(option.strip().toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    static Metadata.Key<String> authorization() {
        return Metadata.Key.of(AUTHORIZATION, Metadata.ASCII_STRING_MARSHALLER);
    }

    static Metadata.Key<String> key(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        if (name.equals(AUTHORIZATION)) {
            throw new IllegalArgumentException(
                    "forwardHeaders: " + header + " (expected: forwardAuthorization, since it carries a token)");
        }
        if (!NAME.matcher(name).matches()
                || name.startsWith("grpc-")
                || name.endsWith("-bin")
                || RESERVED.contains(name)) {
            throw new IllegalArgumentException("forwardHeaders: " + header
                    + " (expected: a header of text that belongs neither to the connection nor to gRPC, and is not sent"
                    + " anyway)");
        }
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
