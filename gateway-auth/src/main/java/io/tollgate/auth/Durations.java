package io.tollgate.auth;

import java.time.Duration;

/** Checks of durations that a caller sets. */
final class Durations {
    private Durations() {}

    static Duration within(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " to " + most + ")");
        }
        return value;
    }
}
