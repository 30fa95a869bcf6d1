package io.tollgate.grpc;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes the calls that ended since their connection did. gRPC reports most of them as {@code UNAVAILABLE}, but a call
 * whose request was being written as {@code UNKNOWN: channel closed}, and one that a GOAWAY with an error code ended with the
 * status that belongs to that code, be it {@code RESOURCE_EXHAUSTED}.
 */
final class LostConnection {
    /** The beginnings of the descriptions that NettyClientHandler gives to the calls that a GOAWAY ended. */
    private static final List<String> GOAWAY =
            List.of("Abrupt GOAWAY closed ", "Connection closed after GOAWAY", "GOAWAY ");

    private LostConnection() {}

    /**
     * Returns {@code status}, or UNAVAILABLE in its place if it means that the connection was lost. A status that came with
     * trailers from the wire never does, whatever its description.
     *
     * @param options the options of the call, with the {@link ReceivedTrailers} of its upstream
     */
    static Status repaired(Status status, Metadata trailers, CallOptions options) {
        return status.isOk() || ReceivedTrailers.of(options) == trailers ? status : repaired(status);
    }

    /** Returns {@code status}, or UNAVAILABLE in its place if it means that the connection was lost. */
    static Status repaired(Status status) {
        return switch (status.getCode()) {
            case UNKNOWN, INTERNAL -> isClosed(status.getCause()) || isGoAway(status) ? unavailable(status) : status;
            case RESOURCE_EXHAUSTED, CANCELLED, PERMISSION_DENIED -> isGoAway(status) ? unavailable(status) : status;
            default -> status;
        };
    }

    private static boolean isClosed(@Nullable Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof ClosedChannelException) {
                return true;
            }
        }
        return false;
    }

    private static boolean isGoAway(Status status) {
        String description = status.getDescription();
        return description != null && GOAWAY.stream().anyMatch(description::startsWith);
    }

    private static Status unavailable(Status status) {
        return Status.UNAVAILABLE.withDescription(status.getDescription()).withCause(status.getCause());
    }
}
