package io.tollgate.examples.benchmarks.report;

import java.util.function.ToDoubleFunction;

/**
 * Two runs right after each other.
 *
 * @param base the run of the jar that is compared with
 * @param gateway the run of the gateway
 */
public record Pair(Measurement base, Measurement gateway) {
    double ratio(ToDoubleFunction<Measurement> figure) {
        return figure.applyAsDouble(gateway) / figure.applyAsDouble(base);
    }

    boolean isDisturbed() {
        return base.disturbed() || gateway.disturbed();
    }
}
