package io.tollgate.auth.settings;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Checks the settings that a builder is given. */
public final class Settings {
    private Settings() {}

    /**
     * Returns a setting that must be set.
     *
     * @throws IllegalStateException if it is unset
     */
    public static <T> T required(String name, @Nullable T value, String expected) {
        if (value == null) {
            throw new IllegalStateException(name + ": unset (expected: " + expected + ")");
        }
        return value;
    }

    /**
     * Returns a duration that has bounds.
     *
     * @throws IllegalArgumentException if it is beyond them
     */
    public static Duration within(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " to " + most + ")");
        }
        return value;
    }

    /**
     * Returns a number that must be positive.
     *
     * @throws IllegalArgumentException if it is not
     */
    public static int positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1)");
        }
        return value;
    }

    /**
     * Returns a number that has bounds.
     *
     * @throws IllegalArgumentException if it is beyond them
     */
    public static int within(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " to " + most + ")");
        }
        return value;
    }
}
