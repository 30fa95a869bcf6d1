package io.tollgate.grpc;

import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.Optional;

/** Times as the wire has them. */
final class Timestamps {
    /** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what a Timestamp, and RFC 3339, can say. */
    private static final long FIRST = -62_135_596_800L;

    private static final long LAST = 253_402_300_799L;

    private Timestamps() {}

    /** The time, or nothing where {@code timestamp} is out of the range that its definition gives it. */
    static Optional<Instant> instant(Timestamp timestamp) {
        boolean valid = timestamp.getSeconds() >= FIRST
                && timestamp.getSeconds() <= LAST
                && timestamp.getNanos() >= 0
                && timestamp.getNanos() < 1_000_000_000;
        return valid
                ? Optional.of(Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos()))
                : Optional.empty();
    }
}
