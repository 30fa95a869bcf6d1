package io.tollgate.opentelemetry;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.TraceContext;
import java.util.Optional;

/** The span of one request, by {@link RequestSpans#start}. Must be ended once; an end after that does nothing. */
public final class RequestSpan {
    /** A method that OpenTelemetry does not name. */
    private static final String OTHER_METHOD = "_OTHER";

    /** The id of a request without one. */
    private static final String NO_ID = "-";

    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> SCHEME = AttributeKey.stringKey("url.scheme");
    private static final AttributeKey<String> CLIENT = AttributeKey.stringKey("client.address");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> REQUEST_ID = AttributeKey.stringKey("tollgate.request.id");

    private final HttpRequestHead head;
    private final String method;
    private final String scheme;
    private final Context context;
    private final Span span;

    RequestSpan(HttpRequestHead head, String method, String scheme, Context parent, Span span) {
        this.head = head;
        this.method = method;
        this.scheme = scheme;
        this.context = parent.with(span);
        this.span = span;
    }

    /** Returns the name of a span without a route; {@code HTTP} if the method is none of the known ones. */
    static String name(String method) {
        return method.equals(OTHER_METHOD) ? "HTTP" : method;
    }

    /** Returns the context with this span, to be made current or to be the parent of other spans. */
    public Context context() {
        return context;
    }

    /** Returns the head of the request for a guard with {@link GuardSpans}, which find this span in it on any thread. */
    public HttpRequestHead head() {
        return GuardSpans.withContext(head, context);
    }

    /** Returns the place of this span in its trace, for calls to propagate; empty if OpenTelemetry is off. */
    public Optional<TraceContext> trace() {
        return TraceContexts.of(context);
    }

    /** Ends the span of a request that has its response. */
    public void end(RequestSummary request) {
        if (span.isRecording()) {
            responded(request.route(), request.response().status());
            span.setAttribute(CLIENT, request.clientAddress().getHostAddress());
            if (!request.requestId().equals(NO_ID)) {
                span.setAttribute(REQUEST_ID, request.requestId());
            }
            ErrorCode error = request.error();
            if (error != null) {
                span.setAttribute(ERROR, error.name());
            }
        }
        span.end();
    }

    /**
     * Ends the span of a request that has its response.
     *
     * @param route the template of the route that responded
     * @param status of the response
     */
    public void end(String route, int status) {
        if (span.isRecording()) {
            responded(Optional.of(requireNonNull(route, "route")), status);
        }
        span.end();
    }

    /** Ends the span of a request that has no response, which is an error: its server failed, or its client left. */
    public void fail() {
        span.setStatus(StatusCode.ERROR).end();
    }

    private void responded(Optional<String> route, int status) {
        route.ifPresent(template -> {
            span.updateName(name(method) + " " + template);
            span.setAttribute(ROUTE, template);
        });
        span.setAttribute(STATUS, (long) status);
        span.setAttribute(SCHEME, scheme);
        if (status >= 500) {
            span.setStatus(StatusCode.ERROR);
        }
    }
}
