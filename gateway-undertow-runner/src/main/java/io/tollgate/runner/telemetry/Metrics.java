package io.tollgate.runner.telemetry;

import io.grpc.ClientInterceptor;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
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
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.keys.RemoteKeys;
import io.tollgate.grpc.Upstream;
import io.tollgate.micrometer.CallMetrics;
import io.tollgate.micrometer.RateLimiterMetrics;
import io.tollgate.micrometer.RequestMetrics;
import io.tollgate.micrometer.TokenMetrics;
import io.tollgate.micrometer.UpstreamMetrics;
import io.tollgate.operations.logging.LogCounts;
import io.tollgate.ratelimit.FallbackRateLimiter;
import io.tollgate.ratelimit.LeasingRateLimiter;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.RedisRateLimiter;
import io.tollgate.runner.config.Version;
import io.tollgate.tls.TlsFiles;
import io.tollgate.undertow.ServerLimit;
import io.tollgate.undertow.ServerStats;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The metrics of a gateway and of its process, as docs/observability.md lists them, for Prometheus. Thread-safe. */
public final class Metrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

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
                .description("The version and commit of the gateway; always 1")
                .tag("version", Version.current())
                .tag("commit", Version.commit())
                .register(registry);
        count(
                "tollgate.log.dropped",
                "Log lines dropped because the queue was full or writing failed",
                LogCounts::dropped);
        count("tollgate.log.suppressed", "Log lines left out as repetitions", LogCounts::suppressed);
    }

    /** Returns the media type of {@link #scrape}. */
    public String contentType() {
        return "text/plain; version=0.0.4; charset=utf-8";
    }

    /**
     * Writes all metrics in Prometheus's text format. Takes some milliseconds.
     *
     * @param out not closed
     */
    public void scrape(OutputStream out) throws IOException {
        registry.scrape(out);
    }

    /** Returns a listener that measures requests, tokens and decisions. */
    public RequestListener requests() {
        return new RequestMetrics(registry);
    }

    /** Returns an interceptor that measures the calls of one upstream. */
    public ClientInterceptor calls(String upstream, String host, int port) {
        return new CallMetrics(registry, upstream, host, port);
    }

    /** Measures the connection and the circuit breaker of an upstream. */
    public void watch(Upstream upstream) {
        new UpstreamMetrics(upstream).bindTo(registry);
    }

    /** Measures the buckets of this process. */
    public void watch(LocalRateLimiter limiter) {
        new RateLimiterMetrics(limiter).bindTo(registry);
    }

    /** Measures leases. */
    public void watch(LeasingRateLimiter limiter) {
        new RateLimiterMetrics(limiter).bindTo(registry);
    }

    /** Measures which limiter decides. */
    public void watch(FallbackRateLimiter limiter) {
        new RateLimiterMetrics(limiter).bindTo(registry);
    }

    /** Measures the connection to Redis. */
    public void watch(RedisRateLimiter limiter) {
        new RateLimiterMetrics(limiter).bindTo(registry);
        registry.getPrometheusRegistry().register(new BatchSize(limiter));
    }

    /** Measures what the clients of a listener hold, and what happens at its limits. */
    public void watch(String listener, ServerStats stats) {
        Tags tags = Tags.of("listener", listener);
        gauge("tollgate.http.connections", "Open connections", tags, stats, ServerStats::connections);
        gauge("tollgate.http.connections.max", "Maximum of open connections", tags, stats, ServerStats::maxConnections);
        gauge(
                "tollgate.http.buffered.bytes",
                "Bytes reserved for unfinished heads and for bodies",
                tags,
                stats,
                ServerStats::bufferedBytes);
        gauge(
                "tollgate.http.buffered.max.bytes",
                "Maximum of the reserved bytes",
                tags,
                stats,
                ServerStats::maxBufferedBytes);
        FunctionCounter.builder("tollgate.http.tls.failures", stats, ServerStats::failedHandshakes)
                .description("TLS handshakes that failed or did not finish")
                .tags(tags)
                .register(registry);
        for (ServerLimit limit : ServerLimit.values()) {
            Tags ofLimit = tags.and("limit", limit.name().toLowerCase(Locale.ROOT));
            FunctionCounter.builder("tollgate.http.evictions", stats, s -> s.evicted(limit))
                    .description("Connections closed to make room at a limit")
                    .tags(ofLimit)
                    .register(registry);
            FunctionCounter.builder("tollgate.http.rejections", stats, s -> s.rejected(limit))
                    .description("Connections, heads and bodies rejected at a limit")
                    .tags(ofLimit)
                    .register(registry);
        }
    }

    /** Measures a certificate and whether its files can be used. */
    public void watch(String section, TlsFiles files) {
        Tags tags = Tags.of("section", section);
        Gauge.builder(
                        "tollgate.tls.certificate.expiry",
                        files,
                        f -> f.state()
                                .notAfter()
                                .map(end -> (double) end.getEpochSecond())
                                .orElse(Double.NaN))
                .description("End of the validity of the certificate in use")
                .baseUnit("seconds")
                .tags(tags)
                .register(registry);
        Gauge.builder("tollgate.tls.stale", files, f -> f.state().problem().isPresent() ? 1 : 0)
                .description("1 while the files hold something else than what is in use, because that is not valid")
                .tags(tags)
                .register(registry);
    }

    private void gauge(
            String name, String description, Tags tags, ServerStats stats, ToDoubleFunction<ServerStats> value) {
        Gauge.builder(name, stats, value).description(description).tags(tags).register(registry);
    }

    /** Measures the cache and the refresh tokens of a token service. */
    public void watch(JwtTokenService tokens) {
        new TokenMetrics(tokens).bindTo(registry);
    }

    /** Measures the requests that wait for published keys. */
    public void watch(RemoteKeys keys) {
        new TokenMetrics(keys).bindTo(registry);
    }

    @Override
    public void close() {
        garbageCollection.close();
        registry.close();
    }

    private void count(String name, String description, ToDoubleFunction<LogCounts> value) {
        FunctionCounter.builder(name, LogCounts.OF_PROCESS, value)
                .description(description)
                .register(registry);
    }
}
