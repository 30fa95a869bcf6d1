package io.tollgate.runner.telemetry;

import io.grpc.ClientInterceptor;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.auth.CacheStats;
import io.tollgate.auth.RefreshStats;
import io.tollgate.grpc.BreakerState;
import io.tollgate.grpc.Connectivity;
import io.tollgate.grpc.Upstream;
import io.tollgate.ratelimit.FallbackRateLimiter;
import io.tollgate.ratelimit.LeasingRateLimiter;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.RedisRateLimiter;
import io.tollgate.runner.config.Version;
import io.tollgate.runner.ops.LogCounts;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What a gateway measures of itself, as docs/observability.md lists it. Labels have few values: never a user, an address,
 * a token or a path that a client made up. Thread-safe.
 */
public final class Metrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

    /** What function counters count, which they themselves hold weakly. */
    private final List<Object> counted = new CopyOnWriteArrayList<>();

    /** Measures the process, and nothing of a gateway yet. */
    public Metrics() {
        garbageCollection.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        Gauge.builder("tollgate.build.info", () -> 1)
                .description("Which build this is; always 1")
                .tag("version", Version.current())
                .tag("commit", Version.commit())
                .register(registry);
        count("tollgate.log.dropped", "Log lines that found the queue full", LogCounts.OF_PROCESS, LogCounts::dropped);
        count(
                "tollgate.log.suppressed",
                "Log lines left out as repetitions",
                LogCounts.OF_PROCESS,
                LogCounts::suppressed);
    }

    /** The media type of what {@link #scrape} writes. */
    public String contentType() {
        return "text/plain; version=0.0.4; charset=utf-8";
    }

    /**
     * Writes all measures as Prometheus reads them. Takes some milliseconds.
     *
     * @param out not closed
     */
    public void scrape(OutputStream out) throws IOException {
        registry.scrape(out);
    }

    /**
     * Measures requests, tokens and decisions.
     *
     * @param shared whether decisions that are no fallback come from a store shared with other gateways
     */
    public RequestListener requests(boolean shared) {
        return new RequestMeters(registry, shared);
    }

    /**
     * Measures calls.
     *
     * @param upstream its name in the configuration
     * @param address its host and port in the configuration
     */
    public ClientInterceptor calls(String upstream, String address) {
        return new CallMeters(registry, upstream, address);
    }

    /** Measures whether there is a connection, and whether calls are let through. */
    public void watch(Upstream upstream) {
        for (Connectivity state : Connectivity.values()) {
            Gauge.builder("tollgate.upstream.state", upstream, u -> u.connectivity() == state ? 1 : 0)
                    .description("The state of the connection: 1 for the one that holds")
                    .tag("upstream", upstream.name())
                    .tag("state", label(state))
                    .strongReference(true)
                    .register(registry);
        }
        for (BreakerState state : BreakerState.values()) {
            Gauge.builder("tollgate.breaker.state", upstream, u -> u.breakerState() == state ? 1 : 0)
                    .description("The state of the circuit breaker: 1 for the one that holds")
                    .tag("upstream", upstream.name())
                    .tag("state", label(state))
                    .strongReference(true)
                    .register(registry);
        }
    }

    /** Measures the buckets of this process. */
    public void watch(LocalRateLimiter limiter) {
        gauge("tollgate.ratelimit.buckets", "Buckets in the memory of this process", limiter, LocalRateLimiter::size);
        count(
                "tollgate.ratelimit.evictions",
                "Buckets forgotten because there were too many",
                limiter,
                LocalRateLimiter::evictions);
    }

    /** Measures leases. */
    public void watch(LeasingRateLimiter limiter) {
        gauge("tollgate.ratelimit.leases", "Hot keys that have a lease", limiter, LeasingRateLimiter::leases);
    }

    /** Measures who decides. */
    public void watch(FallbackRateLimiter limiter) {
        for (FallbackRateLimiter.State state : FallbackRateLimiter.State.values()) {
            Gauge.builder("tollgate.redis.state", limiter, l -> l.state() == state ? 1 : 0)
                    .description("Who decides rate limits: 1 for the state that holds")
                    .tag("state", label(state))
                    .strongReference(true)
                    .register(registry);
        }
        count("tollgate.redis.outages", "Times that Redis was given up", limiter, FallbackRateLimiter::outages);
    }

    /** Measures the way to Redis. */
    public void watch(RedisRateLimiter limiter) {
        registry.getPrometheusRegistry().register(new BatchSize(limiter));
        gauge(
                "tollgate.redis.connected",
                "1 while there is a connection, in a cluster to every master",
                limiter,
                l -> l.stats().up() ? 1 : 0);
        gauge(
                "tollgate.redis.queued",
                "Decisions that wait to be sent",
                limiter,
                l -> l.stats().queued());
        failures(limiter, "timeout", l -> l.stats().timeouts());
        failures(limiter, "overflow", l -> l.stats().overflows());
        failures(limiter, "connect", l -> l.stats().connectFailures());
    }

    /** Measures what token services count. */
    public void watch(Supplier<CacheStats> cache, Supplier<RefreshStats> refreshes) {
        cached(cache, "hit", CacheStats::hits);
        cached(cache, "miss", CacheStats::misses);
        count(
                "tollgate.refresh.rotations",
                "Refresh tokens of this gateway that were replaced",
                refreshes,
                r -> r.get().rotations());
        count(
                "tollgate.refresh.reuses",
                "Used refresh tokens that were presented again: each time a family was revoked",
                refreshes,
                r -> r.get().reuses());
    }

    @Override
    public void close() {
        garbageCollection.close();
        registry.close();
    }

    private void cached(Supplier<CacheStats> cache, String result, ToDoubleFunction<CacheStats> number) {
        counted.add(cache);
        FunctionCounter.builder("tollgate.tokens.cache", cache, c -> number.applyAsDouble(c.get()))
                .description("Tokens that were remembered as verified, and those that were not")
                .tag("result", result)
                .register(registry);
    }

    private void failures(RedisRateLimiter limiter, String reason, ToDoubleFunction<RedisRateLimiter> number) {
        counted.add(limiter);
        FunctionCounter.builder("tollgate.redis.failures", limiter, number)
                .description("Decisions that Redis did not make, and attempts to connect that failed")
                .tag("reason", reason)
                .register(registry);
    }

    private <T> void gauge(String name, String help, T of, ToDoubleFunction<T> number) {
        Gauge.builder(name, of, number).description(help).strongReference(true).register(registry);
    }

    private <T> void count(String name, String help, T of, ToDoubleFunction<T> number) {
        counted.add(of);
        FunctionCounter.builder(name, of, number).description(help).register(registry);
    }

    private static String label(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
