package io.tollgate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Statuses as grpc-java's Netty transport makes them, seen when connections were cut under load. */
class LostConnectionTest {
    @Test
    void takesAChannelThatWasClosedUnderAWriteForUnavailable() {
        ClosedChannelException cause = new ClosedChannelException();
        Status status = Status.UNKNOWN.withDescription("channel closed").withCause(cause);

        Status repaired = LostConnection.repaired(status);

        assertThat(repaired.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(repaired.getDescription()).isEqualTo("channel closed");
        assertThat(repaired.getCause()).isSameAs(cause);
        assertThat(LostConnection.repaired(
                                Status.INTERNAL.withCause(new IllegalStateException(new ClosedChannelException())))
                        .getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);
    }

    @ParameterizedTest
    @CsvSource({
        "INTERNAL, Abrupt GOAWAY closed sent stream. HTTP/2 error code: INTERNAL_ERROR",
        "RESOURCE_EXHAUSTED, 'Connection closed after GOAWAY. HTTP/2 error code: ENHANCE_YOUR_CALM, debug data: too_many_pings'",
        "CANCELLED, Connection closed after GOAWAY. HTTP/2 error code: CANCEL",
        "PERMISSION_DENIED, Abrupt GOAWAY closed unsent stream. HTTP/2 error code: INADEQUATE_SECURITY",
    })
    void takesTheCallsThatAGoAwayEndedForUnavailable(Status.Code code, String description) {
        Status repaired = LostConnection.repaired(code.toStatus().withDescription(description));

        assertThat(repaired.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(repaired.getDescription()).isEqualTo(description);
    }

    @Test
    void leavesEveryOtherStatusAsItIs() {
        for (Status status : List.of(
                Status.OK,
                Status.UNKNOWN,
                Status.UNKNOWN.withDescription("Exception calling application: null"),
                Status.INTERNAL.withDescription("RST_STREAM closed stream. HTTP/2 error code: INTERNAL_ERROR"),
                Status.INTERNAL.withCause(new IOException("Invalid protobuf byte sequence")),
                Status.CANCELLED.withDescription("nobody waits any more"),
                Status.DEADLINE_EXCEEDED.withCause(new ClosedChannelException()),
                Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size"))) {
            assertThat(LostConnection.repaired(status)).isSameAs(status);
        }
    }
}
