package io.tollgate.grpc;

import static io.tollgate.grpc.Expect.within;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The settings by which a backend that fails more often than it should gets no calls for a while. Failures are {@code UNAVAILABLE}, a lost
 * connection, and a response that does not come within at least half of the deadline of the upstream; what a backend says about a
 * request, such as a wrong password, is none. Counted by gRPC's {@code outlier_detection_experimental} (gRFC A50), which needs
 * two backends at least.
 *
 * @param failurePercent the share of failures above which a backend is ejected, 1 to 100
 * @param minimumCalls the calls that a backend must have had in an interval to be judged, 1 to 1,000,000
 * @param interval the time for which calls are counted, and after which each backend is judged, 100 milliseconds to 10 minutes
 * @param ejectionTime how long a backend is ejected the first time, 100 milliseconds to 1 hour; each further time adds as much,
 *     up to ten times that
 * @param maxEjectedPercent the share of backends that may be ejected at the same time, 1 to 100
 */
public record OutlierDetection(
        int failurePercent, int minimumCalls, Duration interval, Duration ejectionTime, int maxEjectedPercent) {
    static final String POLICY = "outlier_detection_experimental";

    public OutlierDetection {
        within("failurePercent", failurePercent, 1, 100);
        within("minimumCalls", minimumCalls, 1, 1_000_000);
        within("interval", interval, Duration.ofMillis(100), Duration.ofMinutes(10));
        within("ejectionTime", ejectionTime, Duration.ofMillis(100), Duration.ofHours(1));
        within("maxEjectedPercent", maxEjectedPercent, 1, 100);
    }

    /** Returns 50 % of at least 10 calls in 1 second, 5 seconds of ejection, and at most half of the backends. */
    public static OutlierDetection defaults() {
        return new OutlierDetection(50, 10, Duration.ofSeconds(1), Duration.ofSeconds(5), 50);
    }

    /** Returns the configuration of gRPC's policy, with {@code child} as the policy below it. */
    Map<String, ?> around(Map<String, ?> child) {
        return Map.of(
                POLICY,
                Map.of(
                        "interval", seconds(interval),
                        "baseEjectionTime", seconds(ejectionTime),
                        "maxEjectionTime", seconds(ejectionTime.multipliedBy(10)),
                        "maxEjectionPercentage", (double) maxEjectedPercent,
                        "failurePercentageEjection",
                                Map.of(
                                        "threshold",
                                        (double) failurePercent,
                                        "enforcementPercentage",
                                        100.0,
                                        "minimumHosts",
                                        2.0,
                                        "requestVolume",
                                        (double) minimumCalls),
                        "childPolicy", List.of(child)));
    }

    /** Returns the time as JSON of protobuf has it: {@code 1.500000000s}. */
    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%d.%09ds", time.toSeconds(), time.toNanosPart());
    }
}
