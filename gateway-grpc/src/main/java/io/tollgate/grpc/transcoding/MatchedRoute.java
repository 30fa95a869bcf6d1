package io.tollgate.grpc.transcoding;

import io.tollgate.api.CallContext;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.GuardedRoute;
import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RouteEndpoint;
import io.tollgate.api.http.RoutedRequest;
import io.tollgate.api.token.AccessRule;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The route that a {@link Transcoder} has for a request, and the endpoint that responds to it: for a server that learns what a route
 * requires before it handles the request. {@code OPTIONS} of a path that has other routes is one too. Only for the request that it was
 * found for. Immutable.
 */
public final class MatchedRoute implements RouteEndpoint {
    private static final GuardedRoute OPTIONS = new GuardedRoute(Optional.empty(), AccessRule.open());

    private final PathMatcher.@Nullable Match<Binding> match;
    private final String allow;

    private MatchedRoute(PathMatcher.@Nullable Match<Binding> match, String allow) {
        this.match = match;
        this.allow = allow;
    }

    static MatchedRoute of(PathMatcher.Match<Binding> match) {
        return new MatchedRoute(match, "");
    }

    /** Returns the route of {@code OPTIONS}, which names the methods of a path. */
    static MatchedRoute options(String allow) {
        return new MatchedRoute(null, allow);
    }

    /** Returns the template and the requirements, as a guard takes them. */
    public GuardedRoute guarded() {
        return match == null ? OPTIONS : match.route().route();
    }

    /** Returns the time that the response may take; empty if it is a stream, which has limits of its own. */
    public Optional<Duration> deadline() {
        if (match == null) {
            return Optional.of(Duration.ZERO);
        }
        Binding binding = match.route();
        return binding.streams()
                ? Optional.empty()
                : Optional.of(binding.spec().settings().deadline());
    }

    /** Responds to the request, as {@link Transcoder#handle(RoutedRequest)} does. */
    @Override
    public CompletionStage<HttpResponse> handle(RoutedRequest request) {
        return handle(request, request.principal(), request.clientAddress(), request.context());
    }

    CompletionStage<HttpResponse> handle(
            HttpRequest request, Optional<Principal> principal, InetAddress clientAddress, CallContext context) {
        if (match == null) {
            return CompletableFuture.completedStage(HttpResponse.empty(204).withHeader("Allow", allow));
        }
        try {
            return Transcoder.handle(match, request, new Caller(principal, clientAddress, context));
        } catch (Throwable e) { // also of a server's own request, so that whoever settles it learns of its end
            return CompletableFuture.failedStage(e);
        }
    }
}
