package io.tollgate.examples.services.server;

import com.google.protobuf.Timestamp;
import java.time.Instant;

/** Points in time, as messages carry them. */
public final class Timestamps {
    private Timestamps() {}

    /** The same point in time. */
    public static Timestamp of(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
