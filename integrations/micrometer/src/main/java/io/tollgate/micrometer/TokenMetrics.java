package io.tollgate.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tollgate.auth.CacheStats;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.auth.JwtVerifier;
import java.util.function.Function;

/**
 * Measures the cache of verified tokens, and of a token service also the refresh tokens that were presented to it:
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

    @Override
    public void bindTo(MeterRegistry registry) {
        meters.bindTo(requireNonNull(registry, "registry"));
    }

    private static <T> void cache(Readings<T> readings, Function<T, CacheStats> stats) {
        String name = "tollgate.tokens.cache";
        String description = "Tokens that were remembered as verified, and those that were not";
        readings.counter(name, description, s -> stats.apply(s).hits(), "result", "hit");
        readings.counter(name, description, s -> stats.apply(s).misses(), "result", "miss");
    }
}
