package io.tollgate.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tollgate.auth.CacheStats;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.keys.RemoteKeys;
import java.util.function.Function;

/**
 * Measures the cache of verified tokens, of a token service also the refresh tokens that were presented to it, and the
 * requests that wait for published keys:
 *
 * <pre>{@code
 * JwtTokenService tokens = JwtTokenService.builder().secret(secret).build();
 * new TokenMetrics(tokens).bindTo(registry);
 * }</pre>
 *
 * <p>The tokens of requests are measured by {@link GuardMetrics}. A registry tells two services apart by tags of their own, with
 * the same keys for both. The service is held weakly.
 */
@SuppressWarnings("exports") // The module of what is measured is required by whoever uses it.
public final class TokenMetrics implements MeterBinder {
    private final MeterBinder meters;

    /** Measures the cache of a verifier. */
    public TokenMetrics(JwtVerifier verifier, Tag... tags) {
        requireNonNull(verifier, "verifier");
        this.meters = registry -> cache(new Readings<>(registry, verifier, Tags.of(tags)), JwtVerifier::cacheStats);
    }

    /** Measures the cache and the refresh tokens of a service. */
    public TokenMetrics(JwtTokenService service, Tag... tags) {
        requireNonNull(service, "service");
        this.meters = registry -> {
            Readings<JwtTokenService> readings = new Readings<>(registry, service, Tags.of(tags));
            cache(readings, JwtTokenService::cacheStats);
            readings.counter(
                    "tollgate.refresh.rotations",
                    "Refresh tokens of this gateway that were replaced",
                    s -> s.refreshStats().rotations());
            readings.counter(
                    "tollgate.refresh.reuses",
                    "Used refresh tokens that were presented again: each time a family was revoked",
                    s -> s.refreshStats().reuses());
        };
    }

    /** Measures the requests that wait for published keys. */
    public TokenMetrics(RemoteKeys keys, Tag... tags) {
        requireNonNull(keys, "keys");
        this.meters = registry -> {
            Readings<RemoteKeys> readings = new Readings<>(registry, keys, Tags.of(tags));
            readings.gauge("tollgate.keys.waiting", "Requests that wait for published keys", RemoteKeys::waiting);
            readings.counter(
                    "tollgate.keys.turned.away",
                    "Requests that failed because too many waited for published keys",
                    RemoteKeys::turnedAway);
        };
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        meters.bindTo(requireNonNull(registry, "registry"));
    }

    private static <T> void cache(Readings<T> readings, Function<T, CacheStats> stats) {
        String name = "tollgate.tokens.cache";
        String description = "Verifications of tokens, by whether the token was in the cache";
        readings.counter(name, description, s -> stats.apply(s).hits(), "result", "hit");
        readings.counter(name, description, s -> stats.apply(s).misses(), "result", "miss");
        readings.gauge(
                "tollgate.tokens.cached",
                "Tokens in the cache of verified tokens",
                s -> stats.apply(s).size());
        readings.gauge(
                "tollgate.tokens.cached.bytes",
                "Estimated memory that the cached tokens take",
                s -> stats.apply(s).bytes());
    }
}
