package io.tollgate.grpc.transcoding;

import static java.util.Objects.requireNonNull;

import io.grpc.Channel;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.GuardedRoute;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RouteEndpoint;
import io.tollgate.api.http.RoutedRequest;
import io.tollgate.api.token.AccessRule;
import io.tollgate.grpc.Upstream;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Serves gRPC methods over HTTP and JSON, as their {@code google.api.http} options say (google/api/http.proto, ProtoJSON). It needs
 * their descriptors and a channel, and no generated code:
 *
 * <pre>{@code
 * Upstream upstream = Upstream.builder("library", "localhost", 50053).build();
 * Transcoder library = Transcoder.builder(upstream)
 *         .descriptors(ServiceDescriptors.read(Path.of("library.binpb")))
 *         .identity("user_id", "principal.user_id")
 *         .rule(MethodRule.builder("library.v1.LibraryService.List*").auth(Auth.NONE).build())
 *         .build();
 * HttpEndpoint endpoint = library.endpoint(guard, ErrorRenderer.envelope());
 * }</pre>
 *
 * <p>It is the endpoint of a server that authenticates requests itself, or by a {@link RequestGuard} with the {@link #rules} of the
 * routes; {@link #endpoint(RequestGuard, ErrorRenderer)} is all of it in one. A route that requires a token or scopes rejects
 * requests without a principal that has them, however the transcoder is mounted.
 *
 * <p>Methods with one response respond with the message, or its {@code response_body}, as JSON; methods that stream with an array,
 * with {@code application/x-ndjson} or with {@code text/event-stream}, whichever {@code Accept} prefers. What the client does not
 * read is not requested of the service.
 *
 * <p>Immutable and thread-safe; never blocks. To change it, build another. The channel stays the caller's to close.
 */
public final class Transcoder implements RouteEndpoint {
    private final List<Binding> bindings;
    private final PathMatcher<Binding> matcher;
    private final List<String> verbs;

    private Transcoder(List<Binding> bindings, PathMatcher<Binding> matcher) {
        this.bindings = bindings;
        this.matcher = matcher;
        this.verbs = bindings.stream()
                .map(binding -> binding.spec().verb())
                .filter(verb -> !verb.equals(PathMatcher.ANY))
                .distinct()
                .sorted()
                .toList();
    }

    /**
     * Returns a builder of a transcoder whose calls fail with {@code SERVICE_UNAVAILABLE}: to check descriptors and settings, or to
     * list routes, without a service.
     */
    public static TranscoderBuilder builder() {
        return builder(new NoService());
    }

    /** Returns a builder of a transcoder that calls a service over its upstream, with deadline, retries and circuit breaker. */
    public static TranscoderBuilder builder(Upstream upstream) {
        return builder(upstream.channel());
    }

    /** Returns a builder of a transcoder that calls a service over any channel; retries are up to the channel. */
    public static TranscoderBuilder builder(Channel channel) {
        return new TranscoderBuilder(Upstream.over(requireNonNull(channel, "channel")));
    }

    /**
     * Returns one transcoder of several, among whose routes the most precise one is found.
     *
     * @throws InvalidTranscodingException if two of them have a route with the same verb and template
     */
    public static Transcoder of(Collection<Transcoder> several) {
        List<Binding> all = new ArrayList<>();
        several.forEach(one -> all.addAll(one.bindings));
        return of(all, new ArrayList<>());
    }

    /** @param problems those that there are already */
    static Transcoder of(List<Binding> bindings, List<TranscodingProblem> problems) {
        PathMatcher.Builder<Binding> matcher = PathMatcher.builder();
        for (Binding binding : bindings) {
            Binding before = matcher.add(binding.spec().verb(), binding.spec().template(), binding);
            if (before != null) {
                problems.add(binding.problem(
                        binding.spec().verb() + " " + binding.spec().template() + " has the requests of " + before
                                + " (expected: one binding for each verb and template)"));
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidTranscodingException(problems);
        }
        return new Transcoder(List.copyOf(bindings), matcher.build());
    }

    List<Binding> bindings() {
        return bindings;
    }

    /** Returns the routes, in the order of the descriptors. */
    public List<TranscodedRoute> routes() {
        return bindings.stream().map(Binding::describe).toList();
    }

    /** Returns the routes as parts of an OpenAPI document, with the comments of the descriptors. Takes a moment. */
    public OpenApiParts openApi() {
        return OpenApi.of(bindings);
    }

    /** Returns whether there is no route at all. */
    public boolean isEmpty() {
        return bindings.isEmpty();
    }

    /**
     * Returns the HTTP methods for which a path has routes of their own, in alphabetical order, {@code HEAD} beside {@code GET};
     * empty if there are none.
     */
    public List<String> methods(String path) {
        return matcher.methods(path);
    }

    /** Returns the HTTP methods of all routes, in alphabetical order, for the headers of CORS; without {@code *}. */
    public List<String> methods() {
        return verbs;
    }

    /** Returns the route of a request; empty if there is none. */
    public Optional<MatchedRoute> route(HttpRequestHead head) {
        PathMatcher.Match<Binding> match = matcher.match(head.method(), head.path());
        if (match != null) {
            return Optional.of(MatchedRoute.of(match));
        }
        List<String> methods = head.method().equals("OPTIONS") ? methods(head.path()) : List.of();
        return methods.isEmpty() ? Optional.empty() : Optional.of(MatchedRoute.options(String.join(", ", methods)));
    }

    /**
     * Returns the requirements of the routes, for a guard in front of the server. A path that has routes, but none of the method,
     * needs no token.
     *
     * @param otherwise the requirements of requests to other paths
     */
    public RouteRules rules(AccessRule otherwise) {
        GuardedRoute unknown = new GuardedRoute(Optional.empty(), otherwise);
        GuardedRoute open = new GuardedRoute(Optional.empty(), AccessRule.open());
        return head -> route(head)
                .map(MatchedRoute::guarded)
                .orElseGet(() -> methods(head.path()).isEmpty() ? unknown : open);
    }

    /**
     * Returns an endpoint without a guard: every request is anonymous, so that routes that require a token reject it. Failures are
     * the server's to render.
     */
    public HttpEndpoint endpoint() {
        return request -> handle(
                request,
                Optional.empty(),
                request.peer(),
                GuardedEndpoint.context(request, GuardedEndpoint.id(request)));
    }

    /**
     * Returns an endpoint that authenticates and limits each request by a guard, and renders failures. Its responses are complete,
     * with {@code X-Request-Id} and the headers of the guard. An {@link HttpEndpoint} does not learn that a client has left, so that
     * the call goes on until its deadline, or until the head of a stream can be sent; a server that knows it passes a {@link
     * CallContext} with a {@linkplain io.tollgate.api.Cancellation cancellation} to {@link #handle(HttpRequest, Optional,
     * InetAddress, CallContext)}.
     */
    public HttpEndpoint endpoint(RequestGuard guard, ErrorRenderer errors) {
        return new GuardedEndpoint(this, requireNonNull(guard, "guard"), requireNonNull(errors, "errors"));
    }

    /**
     * Responds to a request that a guard has admitted.
     *
     * @return completes on a thread of the channel or of the body, which dependents must not block; fails with a {@link
     *     GatewayException}: {@code ROUTE_NOT_FOUND} or {@code METHOD_NOT_ALLOWED} if there is no route, those of the request,
     *     and those of the call
     */
    @Override
    public CompletionStage<HttpResponse> handle(RoutedRequest request) {
        return handle(request, request.principal(), request.clientAddress(), request.context());
    }

    /**
     * Responds to a request of a server without {@link RoutedRequest}s.
     *
     * @param principal the user of the valid token
     * @param clientAddress of the peer, or the one that trusted proxies name
     * @param context the request id, the trace, the cancellation, and the deadline of a call with one response; streams have {@link
     *     TranscoderBuilder#streamDeadline}
     * @return as of {@link #handle(RoutedRequest)}
     */
    public CompletionStage<HttpResponse> handle(
            HttpRequest request, Optional<Principal> principal, InetAddress clientAddress, CallContext context) {
        Optional<MatchedRoute> route = route(request);
        return route.isPresent() ? route.get().handle(request, principal, clientAddress, context) : unrouted(request);
    }

    static CompletionStage<HttpResponse> handle(PathMatcher.Match<Binding> match, HttpRequest request, Caller caller) {
        Binding binding = match.route();
        requireAccess(binding.route().rule(), caller.principal().orElse(null));
        return request.body(binding.service().maxBodySize()).thenCompose(body -> {
            byte[] message = binding.requests().bind(match, request, body, caller);
            if (!binding.streams()) {
                return UnaryResponse.of(binding, request, caller, message);
            }
            return request.method().equals("HEAD")
                    ? CompletableFuture.completedStage(streamHead(binding, request))
                    : StreamResponse.of(binding, request, caller, message);
        });
    }

    /** A server without a guard, or with another's rules, must not open what requires a token. */
    private static void requireAccess(AccessRule rule, @Nullable Principal principal) {
        if (principal != null) {
            Optional<GatewayException> rejection = rule.readsToken() ? rule.rejection(principal) : Optional.empty();
            if (rejection.isPresent()) {
                throw rejection.get();
            }
        } else if (rule.requiresToken()) {
            throw GatewayException.builder(CommonError.MISSING_TOKEN, "This request needs an access token.")
                    .header("WWW-Authenticate", "Bearer")
                    .build();
        }
    }

    /** Returns the response to {@code HEAD}, for which no stream is opened. */
    private static HttpResponse streamHead(Binding binding, HttpRequestHead head) {
        HttpResponse response = HttpResponse.empty(200);
        return binding.responses().isRaw()
                ? response
                : response.withHeader("Content-Type", StreamForm.accepted(head.headers("Accept")).contentType)
                        .withHeader("Vary", "Accept");
    }

    /** Returns the error of a request without a route. */
    CompletionStage<HttpResponse> unrouted(HttpRequestHead head) {
        List<String> methods = methods(head.path());
        if (methods.isEmpty()) {
            return CompletableFuture.failedStage(
                    GatewayException.of(CommonError.ROUTE_NOT_FOUND, "There is nothing at this path."));
        }
        String allow = String.join(", ", methods);
        return CompletableFuture.failedStage(GatewayException.builder(
                        CommonError.METHOD_NOT_ALLOWED,
                        "This path does not support the method; it supports " + allow + ".")
                .header("Allow", allow)
                .build());
    }

    /** Returns the number of routes. */
    @Override
    public String toString() {
        return "Transcoder[" + bindings.size() + " routes]";
    }
}
