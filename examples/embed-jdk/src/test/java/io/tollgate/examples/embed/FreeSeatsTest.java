package io.tollgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.examples.embed.seats.ListFreeSeatsRequest;
import io.tollgate.examples.embed.seats.ListFreeSeatsResponse;
import io.tollgate.examples.embed.seats.SeatServiceGrpc;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FreeSeatsTest {
    private final AtomicInteger calls = new AtomicInteger();
    private final Server service = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new Seats())
            .build();

    @BeforeEach
    void start() throws Exception {
        service.start();
    }

    @AfterEach
    void stop() {
        service.shutdownNow();
    }

    @Test
    void callsAServiceOfOnesOwn() {
        CallContext context = CallContext.create().withTimeout(Duration.ofSeconds(30));
        try (FreeSeats seats = new FreeSeats("127.0.0.1", service.getPort())) {
            assertThat(seats.of("jazz", context)).containsExactly("A1", "B2");
            assertThat(calls).as("the first attempt fails").hasValue(2);

            assertThatExceptionOfType(GatewayException.class)
                    .isThrownBy(() -> seats.of("blues", context))
                    .withMessage("There is no event blues.")
                    .satisfies(error -> assertThat(error.code()).isEqualTo(CommonError.RESOURCE_NOT_FOUND));
        }
    }

    private final class Seats extends SeatServiceGrpc.SeatServiceImplBase {
        @Override
        public void listFreeSeats(ListFreeSeatsRequest request, StreamObserver<ListFreeSeatsResponse> observer) {
            if (calls.incrementAndGet() == 1) {
                observer.onError(Status.UNAVAILABLE.asRuntimeException());
            } else if (request.getEventId().equals("jazz")) {
                observer.onNext(ListFreeSeatsResponse.newBuilder()
                        .addSeats("A1")
                        .addSeats("B2")
                        .build());
                observer.onCompleted();
            } else {
                observer.onError(Status.NOT_FOUND
                        .withDescription("There is no event " + request.getEventId() + ".")
                        .asRuntimeException());
            }
        }
    }
}
