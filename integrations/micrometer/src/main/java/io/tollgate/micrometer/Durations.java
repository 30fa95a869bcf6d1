package io.tollgate.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Makes histograms of durations. Six bounds to the decade, the ones that OpenTelemetry recommends among them: a percentile
 * read off the buckets, of one process or of many, is within the ratio of two neighbours, 1.5.
 */
final class Durations {
    private static final Duration[] BOUNDS = bounds(100, 10_000_000);

    /** A decision of buckets in this process takes microseconds. */
    private static final Duration[] SHORT_BOUNDS = bounds(1, 1_000_000);

    private Durations() {}

    /** Returns a timer of something that takes 100 µs to 10 s. */
    static Timer timer(MeterRegistry registry, String name, String description, Tags tags) {
        return timer(registry, name, description, tags, BOUNDS);
    }

    /** Returns a timer of something that takes 1 µs to 1 s. */
    static Timer shortTimer(MeterRegistry registry, String name, String description, Tags tags) {
        return timer(registry, name, description, tags, SHORT_BOUNDS);
    }

    private static Timer timer(MeterRegistry registry, String name, String description, Tags tags, Duration[] bounds) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(bounds)
                .register(registry);
    }

    private static Duration[] bounds(long fromMicros, long toMicros) {
        long[] steps = {100, 150, 250, 350, 500, 750};
        return Stream.concat(
                        Stream.iterate(fromMicros, decade -> decade < toMicros, decade -> decade * 10)
                                .flatMap(decade ->
                                        Arrays.stream(steps).mapToObj(step -> Duration.ofNanos(decade * step * 10))),
                        Stream.of(Duration.ofNanos(toMicros * 1000)))
                .toArray(Duration[]::new);
    }
}
