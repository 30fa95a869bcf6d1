package io.tollgate.grpc;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.order.OrderError;

/** The messages for a client where the service has none that the client may read. */
final class FixedMessages {
    private static final String DEFAULT = "The service failed to handle the request.";

    private FixedMessages() {}

    static String of(ErrorCode code) {
        if (code instanceof CommonError common) {
            return of(common);
        }
        return code instanceof OrderError order ? of(order) : DEFAULT;
    }

    private static String of(CommonError code) {
        return switch (code) {
            case INVALID_ARGUMENT -> "The request has a value that the service does not accept.";
            case RESOURCE_NOT_FOUND -> "There is no such resource.";
            case RESOURCE_ALREADY_EXISTS -> "The resource exists already.";
            case PERMISSION_DENIED -> "You may not do that.";
            case UNAUTHENTICATED -> "The service does not know who is asking.";
            case RATE_LIMIT_EXCEEDED -> "A limit of the service is exhausted; try again later.";
            case PRECONDITION_FAILED -> "The state of the resource does not admit this request.";
            case OPERATION_ABORTED -> "The operation was aborted; try it again.";
            case OUT_OF_RANGE -> "The request has a value that is out of range.";
            case METHOD_NOT_IMPLEMENTED -> "The service does not implement this operation.";
            case SERVICE_UNAVAILABLE -> "The service is not available at the moment; try again later.";
            case CIRCUIT_OPEN -> "The service is having trouble and gets a pause; try again later.";
            case OVERLOADED -> "The service is overloaded; try again later.";
            case DATA_LOSS -> "The service lost data.";
            case REQUEST_TIMEOUT -> "The service did not answer in time.";
            case UNKNOWN_ERROR -> "The service failed for an unknown reason.";
            default -> DEFAULT;
        };
    }

    private static String of(OrderError code) {
        return switch (code) {
            case IDEMPOTENCY_KEY_REUSED -> "The idempotency key was used for another request.";
            case SOLD_OUT -> "The event is sold out.";
            case ALREADY_IN_QUEUE -> "You are in the queue for this event already.";
            case QUEUE_FULL -> "The queue for this event is full; try again later.";
            case INVALID_EVENT_ID -> DEFAULT;
        };
    }
}
