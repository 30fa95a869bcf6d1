/**
 * Spans for any {@link io.opentelemetry.api.OpenTelemetry}, with the names and attributes of the gateway's own traces:
 *
 * <pre>{@code
 * RequestGuard.builder().listener(new GuardSpans(openTelemetry)) ...
 * Upstream.builder("order-service", host, port).intercept(new CallSpans(openTelemetry, host, port)) ...
 * }</pre>
 *
 * <p>Both are part of the trace of a request: of the span that a framework or OpenTelemetry's agent made current, or of one
 * by {@link io.tollgate.opentelemetry.RequestSpans}. A server that reports its requests to a
 * {@link io.tollgate.api.guard.RequestListener} takes a {@link io.tollgate.opentelemetry.TracingListener}.
 *
 * <p>No span has a path, a query, a bucket key, a header, a token or a body.
 */
@NullMarked
package io.tollgate.opentelemetry;

import org.jspecify.annotations.NullMarked;
