package io.tollgate.runner.config;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.order.OrderError;
import java.util.List;
import java.util.stream.Stream;

/** The error codes that the gateway knows at compile time. */
public final class KnownErrors {
    /** All of them, by family. */
    public static final List<ErrorCode> ALL = Stream.<ErrorCode>concat(
                    Stream.of(CommonError.values()), Stream.of(OrderError.values()))
            .sorted((a, b) -> a.type().compareTo(b.type()))
            .toList();

    private KnownErrors() {}

    /** Returns the code of that name. Fails with {@link IllegalArgumentException} for any other. */
    public static ErrorCode named(String name) {
        return ALL.stream()
                .filter(code -> code.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("code: " + name + " (expected: one of " + ALL + ")"));
    }
}
