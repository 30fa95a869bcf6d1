package io.tollgate.examples.services.order;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.tollgate.examples.services.server.Answers;
import io.tollgate.examples.services.server.Timestamps;
import io.tollgate.examples.services.server.Validation;
import io.tollgate.examples.services.server.Workers;
import io.tollgate.grpc.order.OrderServiceGrpc;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.order.Ticket;
import java.util.Optional;
import java.util.regex.Pattern;

/** The methods of {@code order.OrderService}. */
final class OrderCalls extends OrderServiceGrpc.OrderServiceImplBase {
    static final Pattern EVENT_ID = Pattern.compile("[A-Za-z0-9._~-]{1,128}");

    private static final Pattern USER_ID = Pattern.compile("[\\x21-\\x7e]{1,255}");
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{0,255}");

    private final BoxOffice boxOffice;
    private final Workers database;

    OrderCalls(BoxOffice boxOffice, Workers database) {
        this.boxOffice = boxOffice;
        this.database = database;
    }

    @Override
    public void purchaseTicket(PurchaseRequest request, StreamObserver<PurchaseResponse> observer) {
        Answers.send(observer, () -> {
            check(request);
            // Gateways of before the field send none.
            Optional<String> key = Optional.of(request.getIdempotencyKey()).filter(sent -> !sent.isEmpty());
            return database.submit(() -> boxOffice.buy(request.getEventId(), request.getUserId(), key))
                    .thenApply(OrderCalls::responseTo);
        });
    }

    private static void check(PurchaseRequest request) {
        Validation validation = new Validation();
        validation.require(
                EVENT_ID.matcher(request.getEventId()).matches(),
                "eventId",
                "INVALID_FORMAT",
                "must be 1 to 128 characters of A-Z a-z 0-9 . _ ~ -");
        validation.require(
                USER_ID.matcher(request.getUserId()).matches(),
                "userId",
                "INVALID_FORMAT",
                "must be 1 to 255 visible ASCII characters");
        validation.require(
                KEY.matcher(request.getIdempotencyKey()).matches(),
                "idempotency_key",
                "INVALID_FORMAT",
                "must be at most 255 visible ASCII characters");
        validation.refuseIfAnyFailed();
    }

    private static PurchaseResponse responseTo(Outcome outcome) {
        if (outcome instanceof Outcome.Bought bought) {
            return PurchaseResponse.newBuilder()
                    .setStatus(PurchaseResponse.Status.CONFIRMED)
                    .setTicket(ticketOf(bought.ticket()))
                    .build();
        }
        if (outcome instanceof Outcome.SoldOut) {
            return PurchaseResponse.newBuilder()
                    .setStatus(PurchaseResponse.Status.SOLD_OUT)
                    .build();
        }
        if (outcome instanceof Outcome.UnknownEvent) {
            throw Status.NOT_FOUND.withDescription("There is no such event.").asRuntimeException();
        }
        throw keyReused();
    }

    private static Ticket ticketOf(TicketRecord ticket) {
        return Ticket.newBuilder()
                .setId(ticket.id().toString())
                .setEventId(ticket.eventId())
                .setUserId(ticket.userId())
                .setStatus("confirmed")
                .setCreatedAt(Timestamps.of(ticket.createdAt()))
                .build();
    }

    private static StatusRuntimeException keyReused() {
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(Code.ABORTED_VALUE)
                .setMessage("The idempotency key was used for a purchase of another event.")
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason("IDEMPOTENCY_KEY_REUSED")
                        .setDomain("tollgate.io")
                        .build()))
                .build());
    }
}
