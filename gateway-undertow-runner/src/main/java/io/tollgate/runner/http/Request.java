package io.tollgate.runner.http;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.http.PathTemplate;
import io.tollgate.api.http.RoutedRequest;
import io.tollgate.api.http.TraceContext;
import io.tollgate.undertow.ServerRequest;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A request: what came over the wire, and what the filters before have found. Immutable: a filter that finds something hands
 * on a copy. All copies share one {@link Exchange} and one {@link RequestLog}.
 */
public final class Request implements RoutedRequest {
    private final String method;
    private final String path;
    private final ServerRequest source;
    private final Exchange exchange;
    private final RequestLog log;
    private final Findings found;

    /**
     * The findings of filters.
     *
     * @param id {@code -} until the request has one
     * @param client the peer, or the client that trusted proxies name
     * @param trace the trace that the request is part of
     * @param admission the judgement of the guard
     */
    private record Findings(
            String id,
            InetAddress client,
            @Nullable TraceContext trace,
            RouteMatch match,
            @Nullable Admission admission) {}

    /** Creates a request that has just arrived, to which {@code endpoint} responds. */
    Request(ServerRequest source, Endpoint endpoint, int maxBodySize) {
        this.method = source.method();
        this.path = source.path();
        this.source = source;
        this.exchange = new Exchange(source, this, endpoint, maxBodySize);
        this.found = new Findings("-", source.peer(), TraceContext.of(this).orElse(null), RouteMatch.NONE, null);
        this.log = new RequestLog(this);
    }

    private Request(Request before, Findings found) {
        this.method = before.method;
        this.path = before.path;
        this.source = before.source;
        this.exchange = before.exchange;
        this.log = before.log;
        this.found = found;
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
        return source.query();
    }

    @Override
    public InetAddress peer() {
        return source.peer();
    }

    @Override
    public Optional<X509Certificate> clientCertificate() {
        return source.clientCertificate();
    }

    @Nullable
    GatewayException fault() {
        return source.fault();
    }

    /** Returns the first value of a header, or null: {@link #header} without an object around it. */
    @Nullable
    String firstHeader(String name) {
        return source.firstHeader(name);
    }

    @Override
    public Optional<String> header(String name) {
        return source.header(name);
    }

    @Override
    public List<String> headers(String name) {
        return source.headers(name);
    }

    /** Reads the body. */
    CompletionStage<byte[]> body() {
        return body(exchange.maxBodySize());
    }

    /** Reads the body. The gateway's own deadline stands still meanwhile: a slow client has a limit of its own. */
    private CompletionStage<byte[]> allOfBody() {
        Deadline.Timer timer = exchange.deadline();
        if (timer == null) {
            return source.body();
        }
        CompletionStage<byte[]> body = source.body();
        if (body.toCompletableFuture().isDone()) {
            timer.restart();
            return body;
        }
        timer.pause();
        return body.whenComplete((bytes, failure) -> timer.restart());
    }

    @Override
    public CompletionStage<byte[]> body(int maxBytes) {
        return Stages.flatMap(allOfBody(), bytes -> {
            if (bytes.length > maxBytes) {
                throw GatewayException.of(
                        CommonError.BODY_TOO_LARGE, "The body must be at most " + maxBytes + " bytes.");
            }
            return CompletableFuture.completedFuture(bytes);
        });
    }

    /** Returns the reading of {@link System#nanoTime()} at which the head had arrived. */
    long arrivedNanos() {
        return source.arrivedNanos();
    }

    /** Returns the nanoseconds since the request arrived. */
    public long elapsedNanos() {
        return System.nanoTime() - source.arrivedNanos();
    }

    @Override
    public CallContext context() {
        CallContext context = TraceContext.propagate(this, Optional.ofNullable(found.trace), CallContext.of(found.id));
        return exchange.limit(context);
    }

    /** Returns the course of the request: what its response owes, its deadline, its end. */
    public Exchange exchange() {
        return exchange;
    }

    /** Returns the record of the request, for logs and metrics. */
    public RequestLog log() {
        return log;
    }

    /** Returns the id of the request; {@code -} until it has one. */
    @Override
    public String id() {
        return found.id;
    }

    Request withId(String id) {
        return with(new Findings(id, found.client, found.trace, found.match, found.admission));
    }

    /** Returns the trace that the request is part of: the client's, or that of the gateway's own span. Null without one. */
    public @Nullable TraceContext trace() {
        return found.trace;
    }

    /** Returns the request as part of that span, to which the calls made for it belong. */
    public Request withTrace(TraceContext span) {
        return with(new Findings(found.id, found.client, span, found.match, found.admission));
    }

    @Override
    public InetAddress clientAddress() {
        return found.client;
    }

    Request withClientAddress(InetAddress address) {
        return with(new Findings(found.id, address, found.trace, found.match, found.admission));
    }

    /** Returns the template of the route; {@code none} without one. */
    @Override
    public String route() {
        return found.match.template().orElse("none");
    }

    @Override
    public String pathParameter(String name) {
        String value = found.match.parameter(name);
        if (value == null) {
            throw new IllegalArgumentException("name: " + name + " (expected: a parameter of " + route() + ")");
        }
        return PathTemplate.decode(value);
    }

    RouteMatch match() {
        return found.match;
    }

    Request withMatch(RouteMatch match) {
        return with(new Findings(found.id, found.client, found.trace, match, found.admission));
    }

    @Nullable
    Admission admission() {
        return found.admission;
    }

    Request withAdmission(Admission admission) {
        return with(new Findings(found.id, found.client, found.trace, found.match, admission));
    }

    @Override
    public Optional<Principal> principal() {
        return found.admission == null ? Optional.empty() : found.admission.principal();
    }

    private Request with(Findings more) {
        Request copy = new Request(this, more);
        log.reached(copy);
        return copy;
    }
}
