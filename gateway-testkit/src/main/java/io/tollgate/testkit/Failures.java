package io.tollgate.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import java.util.concurrent.CompletionStage;

/** Assertions on calls that fail. */
final class Failures {
    private Failures() {}

    /** Asserts that the call fails with that code, and returns the error. */
    static GatewayException assertFails(ErrorCode code, CompletionStage<?> call) {
        GatewayException failure = assertThrows(GatewayException.class, () -> Stages.await(call));
        assertEquals(code.name(), failure.code().name(), failure::toString);
        return failure;
    }

    /** Passes null where it must not be, which is a programming error and thrown at once. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    static <T> T missing() {
        return null;
    }
}
