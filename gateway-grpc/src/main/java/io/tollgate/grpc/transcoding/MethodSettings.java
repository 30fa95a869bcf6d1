package io.tollgate.grpc.transcoding;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;

/** The settings of one method, after all rules. */
record MethodSettings(Auth auth, List<String> scopes, Duration deadline, boolean idempotent) {
    static final MethodSettings DEFAULTS = new MethodSettings(Auth.REQUIRED, List.of(), Duration.ofSeconds(5), false);

    MethodSettings withAuth(Auth value, List<String> demanded) {
        return new MethodSettings(value, demanded, deadline, idempotent);
    }

    MethodSettings withDeadline(Duration value) {
        return new MethodSettings(auth, scopes, value, idempotent);
    }

    MethodSettings withIdempotent(boolean value) {
        return new MethodSettings(auth, scopes, deadline, value);
    }

    static Duration deadline(String name, Duration value) {
        return within(name, value, Duration.ofMillis(1), Duration.ofHours(1));
    }

    static Duration within(String name, Duration value, Duration least, Duration most) {
        requireNonNull(value, name);
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " to " + most + ")");
        }
        return value;
    }
}
