package io.tollgate.examples.benchmarks.report;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * All runs of one process in one scenario.
 *
 * @param title what the reader sees
 * @param role its part in the comparison
 * @param runs its runs, one or more
 */
public record Row(String title, Role role, List<Measurement> runs) {
    /** The part of a process in a comparison. */
    public enum Role {
        /** A gateway of ours. */
        GATEWAY,
        /** What the others of the scenario are compared with. */
        FLOOR,
        /** A gateway of others. */
        PEER
    }

    boolean isFloor() {
        return role == Role.FLOOR;
    }

    /** Returns the median of a figure, and its spread, over the runs that were not disturbed, or over all if all were. */
    Spread spread(ToDoubleFunction<Measurement> figure) {
        List<Measurement> quiet = runs.stream().filter(run -> !run.disturbed()).toList();
        return Spread.of((quiet.isEmpty() ? runs : quiet)
                .stream().map(figure::applyAsDouble).toList());
    }

    double median(ToDoubleFunction<Measurement> figure) {
        return spread(figure).median();
    }

    long disturbedRuns() {
        return runs.stream().filter(Measurement::disturbed).count();
    }
}
