package io.tollgate.grpc.transcoding;

import io.tollgate.api.CallContext;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.GuardedRoute;
import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RouteEndpoint;
import io.tollgate.api.http.RoutedRequest;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The route that a {@link Transcoder} has for a request, and the endpoint that responds to it: for a server that learns what a route
 * requires before it handles the request. Only for the request that it was found for. Immutable.
 */
public final class MatchedRoute implements RouteEndpoint {
    private final PathMatcher.Match<Binding> match;

    MatchedRoute(PathMatcher.Match<Binding> match) {
        this.match = match;
    }

    /** Returns the template and the requirements, as a guard takes them. */
    public GuardedRoute guarded() {
        return match.route().route();
    }

    /** Responds to the request, as {@link Transcoder#handle(RoutedRequest)} does. */
    @Override
    public CompletionStage<HttpResponse> handle(RoutedRequest request) {
        return handle(request, request.principal(), request.clientAddress(), request.context());
    }

    CompletionStage<HttpResponse> handle(
            HttpRequest request, Optional<Principal> principal, InetAddress clientAddress, CallContext context) {
        try {
            return Transcoder.handle(match, request, new Caller(principal, clientAddress, context));
        } catch (GatewayException e) {
            return CompletableFuture.failedStage(e);
        }
    }
}
