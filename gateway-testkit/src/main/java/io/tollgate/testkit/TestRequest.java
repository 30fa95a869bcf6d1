package io.tollgate.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.PathTemplate;
import io.tollgate.api.http.RouteEndpoint;
import io.tollgate.api.http.RoutedRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A request without a server: an {@link io.tollgate.api.http.HttpRequestHead} for a guard, an {@link
 * io.tollgate.api.http.HttpRequest} for an endpoint, and a {@link RoutedRequest} for the endpoint of a route.
 *
 * <pre>{@code
 * HttpResponse response = TestRequest.post("/tickets/jazz/purchase")
 *         .withRoute("/tickets/{event}/purchase")
 *         .withPrincipal(Principal.of("ann"))
 *         .withJson("{\"seats\": 2}")
 *         .sendToRoute(purchases);
 * }</pre>
 *
 * <p>It comes from 192.0.2.1 and has no headers, no body, no user and no deadline, until a {@code with} method returns a copy
 * that has. Immutable and thread-safe.
 */
public final class TestRequest implements RoutedRequest {
    private final String method;
    private final String path;
    private final @Nullable String query;
    private Headers headers = Headers.NONE;
    private byte[] content = {};
    private InetAddress peer = Addresses.CLIENT;
    private @Nullable InetAddress clientAddress;
    private PathTemplate route;
    private List<String> parameters = List.of();
    private @Nullable Principal principal;
    private CallContext context = CallContext.of("test-request");

    private TestRequest(String method, String path, @Nullable String query) {
        this.method = requireNonNull(method, "method");
        this.path = path;
        this.query = query;
        this.route = PathTemplate.of("/");
    }

    private TestRequest(TestRequest other) {
        this.method = other.method;
        this.path = other.path;
        this.query = other.query;
        this.headers = other.headers;
        this.content = other.content;
        this.peer = other.peer;
        this.clientAddress = other.clientAddress;
        this.route = other.route;
        this.parameters = other.parameters;
        this.principal = other.principal;
        this.context = other.context;
    }

    /**
     * Returns a request.
     *
     * @param target the path, percent-encoded, with a query or without
     */
    public static TestRequest of(String method, String target) {
        int mark = target.indexOf('?');
        return mark < 0
                ? new TestRequest(method, target, null)
                : new TestRequest(method, target.substring(0, mark), target.substring(mark + 1));
    }

    /** Returns a {@code GET} request. */
    public static TestRequest get(String target) {
        return of("GET", target);
    }

    /** Returns a {@code POST} request. */
    public static TestRequest post(String target) {
        return of("POST", target);
    }

    /** Returns the request with another header line. */
    public TestRequest withHeader(String name, String value) {
        TestRequest copy = new TestRequest(this);
        copy.headers = headers.and(name, value);
        return copy;
    }

    /** Returns the request with {@code Authorization: Bearer} and the token, in place of any other. */
    public TestRequest withBearer(String token) {
        TestRequest copy = new TestRequest(this);
        copy.headers = headers.with("Authorization", "Bearer " + token);
        return copy;
    }

    /** Returns the request with a body. */
    public TestRequest withBody(byte[] body) {
        TestRequest copy = new TestRequest(this);
        copy.content = body.clone();
        return copy;
    }

    /** Returns the request with a body in JSON, and its {@code Content-Type}. */
    public TestRequest withJson(String body) {
        TestRequest copy = withBody(body.getBytes(UTF_8));
        copy.headers = headers.with("Content-Type", "application/json");
        return copy;
    }

    /** Returns the request over a connection from {@code address}, an IP address. */
    public TestRequest withPeer(String address) {
        TestRequest copy = new TestRequest(this);
        copy.peer = Addresses.parse(address);
        return copy;
    }

    /** Returns the request of a client that proxies name, at {@code address}, an IP address; by default it is the peer. */
    public TestRequest withClientAddress(String address) {
        TestRequest copy = new TestRequest(this);
        copy.clientAddress = Addresses.parse(address);
        return copy;
    }

    /**
     * Returns the request with its route, and the parameters that the path has for it.
     *
     * @param template such as {@code /tickets/{id}}, which must match the path
     */
    public TestRequest withRoute(String template) {
        PathTemplate parsed = PathTemplate.of(template);
        List<String> values = parsed.match(PathTemplate.normalize(path));
        if (values == null) {
            throw new IllegalArgumentException("template: " + template + " (expected: one that matches " + path + ")");
        }
        TestRequest copy = new TestRequest(this);
        copy.route = parsed;
        copy.parameters = values;
        return copy;
    }

    /** Returns the request of a user whose token was verified. */
    public TestRequest withPrincipal(Principal user) {
        TestRequest copy = new TestRequest(this);
        copy.principal = requireNonNull(user, "user");
        return copy;
    }

    /** Returns the request with another id, deadline and cancellation. */
    public TestRequest withContext(CallContext other) {
        TestRequest copy = new TestRequest(this);
        copy.context = requireNonNull(other, "other");
        return copy;
    }

    /**
     * Sends the request to an endpoint and waits for the response, for 30 seconds at most.
     *
     * @throws GatewayException if the endpoint fails; a server would render it
     */
    public HttpResponse sendTo(HttpEndpoint endpoint) {
        return Stages.await(endpoint.handle(this));
    }

    /**
     * Sends the request to the endpoint of its route and waits for the response, for 30 seconds at most.
     *
     * @throws GatewayException if the endpoint fails; a server would render it
     */
    public HttpResponse sendToRoute(RouteEndpoint endpoint) {
        return Stages.await(endpoint.handle(this));
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public Optional<String> query() {
        return Optional.ofNullable(query);
    }

    @Override
    public InetAddress peer() {
        return peer;
    }

    @Override
    public List<String> headers(String name) {
        return headers.all(name);
    }

    @Override
    public CompletionStage<byte[]> body(int maxBytes) {
        return content.length <= maxBytes
                ? CompletableFuture.completedStage(content.clone())
                : CompletableFuture.failedStage(GatewayException.of(
                        CommonError.BODY_TOO_LARGE, "The body is larger than " + maxBytes + " bytes."));
    }

    @Override
    public String id() {
        return context.requestId();
    }

    /** Returns the template of the route; {@code /} if the request has none. */
    @Override
    public String route() {
        return route.toString();
    }

    @Override
    public String pathParameter(String name) {
        int index = route.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("name: " + name + " (expected: a parameter of " + route + ")");
        }
        return PathTemplate.decode(parameters.get(index));
    }

    @Override
    public Optional<Principal> principal() {
        return Optional.ofNullable(principal);
    }

    @Override
    public InetAddress clientAddress() {
        return clientAddress == null ? peer : clientAddress;
    }

    @Override
    public CallContext context() {
        return context;
    }

    /** Returns the method and the path; headers, query and body may contain secrets. */
    @Override
    public String toString() {
        return "TestRequest[" + method + " " + path + "]";
    }
}
