package io.tollgate.examples.embed;

import io.grpc.StatusRuntimeException;
import io.tollgate.api.CallContext;
import io.tollgate.examples.embed.seats.ListFreeSeatsRequest;
import io.tollgate.examples.embed.seats.SeatServiceGrpc;
import io.tollgate.grpc.GrpcErrors;
import io.tollgate.grpc.Upstream;
import java.util.List;

/** Calls a service of one's own by its generated stub, over an upstream. */
public final class FreeSeats implements AutoCloseable {
    private final Upstream upstream;
    private final SeatServiceGrpc.SeatServiceBlockingStub seats;

    /** Connects with the first call. */
    public FreeSeats(String host, int port) {
        upstream = Upstream.builder("seat-service", host, port)
                .retry(SeatServiceGrpc.getListFreeSeatsMethod())
                .build();
        seats = SeatServiceGrpc.newBlockingStub(upstream.channel());
    }

    /** Returns the free seats of an event; waits for the response of the service. */
    public List<String> of(String event, CallContext context) {
        ListFreeSeatsRequest request =
                ListFreeSeatsRequest.newBuilder().setEventId(event).build();
        try {
            return seats.withOption(Upstream.CALL_CONTEXT, context)
                    .listFreeSeats(request)
                    .getSeatsList();
        } catch (StatusRuntimeException e) {
            throw GrpcErrors.from(e);
        }
    }

    @Override
    public void close() {
        upstream.close();
    }
}
