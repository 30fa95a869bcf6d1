package io.tollgate.api.http;

import io.tollgate.api.CallContext;
import io.tollgate.api.Principal;
import java.net.InetAddress;
import java.util.Optional;

/** A request that has a route and has passed authentication and rate limits. */
public interface RoutedRequest extends HttpRequest {
    /** Returns the id of the request: 1 to 128 visible ASCII characters. */
    String id();

    /** Returns the template of the route, such as {@code /tickets/{id}}. */
    String route();

    /**
     * Returns the value of a parameter of the path, percent-decoded.
     *
     * @throws IllegalArgumentException if the route has no parameter of that name
     * @throws io.tollgate.api.GatewayException of {@code INVALID_REQUEST} if the value is not percent-encoded UTF-8
     */
    String pathParameter(String name);

    /** Returns the user of the valid token that the request carries; empty on a route that does not demand one. */
    Optional<Principal> principal();

    /** Returns the address of the client: of the peer, or the one that trusted proxies name. */
    InetAddress clientAddress();

    /** Returns what goes with the call of a service: the request id, the trace, the deadline, the client's cancellation. */
    CallContext context();
}
