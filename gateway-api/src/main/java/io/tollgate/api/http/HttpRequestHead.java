package io.tollgate.api.http;

import java.net.InetAddress;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request, which is known before its body is read. An integration implements it for the requests of its server, or
 * adapts them by {@link #of}. All methods are cheap, can be called repeatedly, and are called by one thread at a time.
 */
public interface HttpRequestHead {
    /**
     * Returns the head of a request of any server, here of the JDK's:
     *
     * <pre>{@code
     * HttpRequestHead head = HttpRequestHead.of(
     *         exchange.getRequestMethod(),
     *         exchange.getRequestURI(),
     *         exchange.getRemoteAddress().getAddress(),
     *         exchange.getRequestHeaders()::get);
     * }</pre>
     *
     * @param target the target of the request line; scheme and authority are ignored
     * @param headers returns the values of a header, one for each line, for a name in any case; null or empty if it is missing
     */
    static HttpRequestHead of(
            String method, URI target, InetAddress peer, Function<String, ? extends @Nullable List<String>> headers) {
        String path = target.getRawPath();
        return new RequestHead(
                method,
                path == null ? target.toString() : path,
                Optional.ofNullable(target.getRawQuery()),
                peer,
                headers);
    }

    /**
     * Returns the head of a request of a server that hands out the target as text, which need not be a URI:
     *
     * <pre>{@code
     * HttpRequestHead head = HttpRequestHead.of(
     *         request.method().name(), request.uri(), peer.getAddress(), request.headers()::getAll);
     * }</pre>
     *
     * @param target the target of the request line (RFC 9112, section 3.2); scheme and authority are ignored
     * @param headers returns the values of a header, one for each line, for a name in any case; null or empty if it is missing
     */
    static HttpRequestHead of(
            String method,
            String target,
            InetAddress peer,
            Function<String, ? extends @Nullable List<String>> headers) {
        return RequestHead.of(method, target, peer, headers);
    }

    /** Returns the method as the client sent it: any token (RFC 9110, section 9.1), usually upper-case. */
    String method();

    /**
     * Returns the method as a label of bounded cardinality, for metrics and traces: one of the methods of RFC 9110 and
     * {@code PATCH}, and {@code _OTHER} for any other word, which a client may make up.
     */
    default String methodLabel() {
        String method = method();
        return switch (method) {
            case "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH" -> method;
            default -> "_OTHER";
        };
    }

    /** Returns the path as the client sent it, still percent-encoded, without the query. */
    String path();

    /** Returns the query without its {@code ?}, still percent-encoded; empty if there is no {@code ?}. */
    default Optional<String> query() {
        return Optional.empty();
    }

    /** Returns the address of the other end of the connection, which may be a proxy. */
    InetAddress peer();

    /**
     * Returns the certificate with which the client has authenticated itself in the TLS handshake of this connection; empty
     * without one, and with a server that does not tell. It has been verified.
     */
    default Optional<X509Certificate> clientCertificate() {
        return Optional.empty();
    }

    /**
     * Returns the values of a header, one for each line, in order; empty if it is missing. Names are case-insensitive.
     */
    List<String> headers(String name);

    /** Returns the first value of a header. Names are case-insensitive. */
    default Optional<String> header(String name) {
        List<String> values = headers(name);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
    }

    /**
     * Returns this head with a path without the slash at its end, for a server that finds the same handler with and without it.
     * Two slashes stay, as does a path of one slash: {@link PathTemplate#isCanonical} tells the former from a clear path.
     */
    default HttpRequestHead withoutTrailingSlash() {
        String path = path();
        int end = path.length() - 1;
        return end > 0 && path.charAt(end) == '/' && path.charAt(end - 1) != '/'
                ? new RequestHead(method(), path.substring(0, end), query(), peer(), this::headers)
                : this;
    }
}
