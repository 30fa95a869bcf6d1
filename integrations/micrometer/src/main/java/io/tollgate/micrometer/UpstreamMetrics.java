package io.tollgate.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tollgate.grpc.BreakerState;
import io.tollgate.grpc.Connectivity;
import io.tollgate.grpc.Upstream;

/**
 * Measures the connections, the circuit breaker and the retries of an upstream, tagged with its name. Its calls are measured by
 * {@link CallMetrics}. The upstream is held weakly.
 */
@SuppressWarnings("exports") // The module of what is measured is required by whoever uses it.
public final class UpstreamMetrics implements MeterBinder {
    private final Upstream upstream;

    /** Measures {@code upstream}. */
    public UpstreamMetrics(Upstream upstream) {
        this.upstream = requireNonNull(upstream, "upstream");
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Readings<Upstream> readings =
                new Readings<>(requireNonNull(registry, "registry"), upstream, Tags.of("upstream", upstream.name()));
        readings.states(
                "tollgate.upstream.state",
                "The state of the connections together: 1 for the one that holds",
                Connectivity.values(),
                Upstream::connectivity);
        for (Connectivity state : Connectivity.values()) {
            readings.count(
                    "tollgate.upstream.backends",
                    "The backends in this state; those that are ready get calls",
                    state,
                    one -> one.backends().stream()
                            .filter(backend -> backend.connectivity() == state)
                            .count());
        }
        readings.states(
                "tollgate.breaker.state",
                "The state of the circuit breaker: 1 for the one that holds",
                BreakerState.values(),
                Upstream::breakerState);
        String name = "tollgate.upstream.retries";
        String description = "Retries sent, and retries withheld because the budget was spent";
        readings.counter(name, description, Upstream::retries, "outcome", "sent");
        readings.counter(name, description, Upstream::retriesWithheld, "outcome", "withheld");
    }
}
