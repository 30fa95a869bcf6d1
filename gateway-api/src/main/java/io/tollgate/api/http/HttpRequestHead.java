package io.tollgate.api.http;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * The head of a request: all that is known before its body is read. A server adapts its own request to this; all methods are
 * cheap, may be called more than once, and are called by one thread at a time.
 *
 * <pre>{@code
 * record Head(HttpExchange exchange) implements HttpRequestHead { // com.sun.net.httpserver
 *     public String method() {
 *         return exchange.getRequestMethod();
 *     }
 *
 *     public String path() {
 *         return exchange.getRequestURI().getRawPath();
 *     }
 *
 *     public Optional<String> query() {
 *         return Optional.ofNullable(exchange.getRequestURI().getRawQuery());
 *     }
 *
 *     public InetAddress peer() {
 *         return exchange.getRemoteAddress().getAddress();
 *     }
 *
 *     public List<String> headers(String name) {
 *         return exchange.getRequestHeaders().getOrDefault(name, List.of());
 *     }
 * }
 * }</pre>
 */
public interface HttpRequestHead {
    /** Returns the method, upper-case unless the client wrote it otherwise: any token (RFC 9110, section 9.1). */
    String method();

    /** Returns the path as the client sent it, still percent-encoded, without the query. */
    String path();

    /** Returns the query without its {@code ?}, still percent-encoded; empty if there is no {@code ?}. */
    default Optional<String> query() {
        return Optional.empty();
    }

    /** Returns the address of the other end of the connection, which may be a proxy's. */
    InetAddress peer();

    /** Returns the values of a header, one for each line, in order; empty without it. Names are case-insensitive. */
    List<String> headers(String name);

    /** Returns the first value of a header. Names are case-insensitive. */
    default Optional<String> header(String name) {
        List<String> values = headers(name);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
    }
}
