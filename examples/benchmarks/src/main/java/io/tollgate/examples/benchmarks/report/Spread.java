package io.tollgate.examples.benchmarks.report;

import java.util.Arrays;
import java.util.Collection;

/**
 * A median with what it is the median of.
 *
 * @param median the middle value, or the mean of the two in the middle
 * @param min the lowest value
 * @param max the highest value
 * @param lowerQuartile the median of the lower half
 * @param upperQuartile the median of the upper half
 */
public record Spread(double median, double min, double max, double lowerQuartile, double upperQuartile) {
    /** Returns the spread of {@code values}, of which there must be one. */
    public static Spread of(Collection<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("values: none (expected: one or more)");
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int half = (sorted.length + 1) / 2;
        return new Spread(
                median(sorted),
                sorted[0],
                sorted[sorted.length - 1],
                median(Arrays.copyOfRange(sorted, 0, half)),
                median(Arrays.copyOfRange(sorted, sorted.length - half, sorted.length)));
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
