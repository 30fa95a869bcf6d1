/**
 * Meters for any {@link io.micrometer.core.instrument.MeterRegistry}, with the names and labels of the gateway's own metrics:
 *
 * <pre>{@code
 * new RateLimiterMetrics(limiter).bindTo(registry);
 * new TokenMetrics(tokens).bindTo(registry);
 * new UpstreamMetrics(orders).bindTo(registry);
 *
 * RequestGuard.builder().listener(new GuardMetrics(registry)) ...
 * Upstream.builder("order-service", host, port).intercept(new CallMetrics(registry, "order-service", host, port)) ...
 * }</pre>
 *
 * <p>A server that reports its requests to a {@link io.tollgate.api.guard.RequestListener} takes a
 * {@link io.tollgate.micrometer.RequestMetrics}, which measures its guard too.
 *
 * <p>Labels have few values: never a user, an address, a token, or a path that a client made up.
 */
@NullMarked
package io.tollgate.micrometer;

import org.jspecify.annotations.NullMarked;
