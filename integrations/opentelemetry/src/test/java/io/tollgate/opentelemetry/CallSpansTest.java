package io.tollgate.opentelemetry;

import static io.tollgate.opentelemetry.Caller.SPAN;
import static io.tollgate.opentelemetry.Caller.TRACE;
import static io.tollgate.opentelemetry.Caller.TRACEPARENT;
import static io.tollgate.opentelemetry.RequestSpansTest.attributes;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.tollgate.api.CallContext;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.examples.services.order.OrderServiceServer;
import io.tollgate.grpc.GrpcOrderGateway;
import io.tollgate.grpc.Upstream;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The calls of a real upstream, and the spans of the service that receives them. */
class CallSpansTest {
    private static final String CALL = "order.OrderService/PurchaseTicket";

    private final RecordedSpans recorded = new RecordedSpans();
    private final RecordedSpans service = new RecordedSpans();
    private final OrderServiceServer orders = OrderServiceServer.builder()
            .port(0)
            .events(Map.of("jazz", 2))
            .openTelemetry(service.sdk())
            .start();
    private final Upstream upstream = upstream(recorded);

    @AfterEach
    void stop() {
        upstream.close();
        orders.close();
        recorded.close();
        service.close();
    }

    @Test
    void standBetweenTheSpanThatIsPropagatedAndTheOneOfTheService() {
        buy(
                upstream,
                "jazz",
                CallContext.create()
                        .withPropagation("traceparent", TRACEPARENT)
                        .withPropagation("tracestate", "vendor=1"));

        SpanData call = recorded.await(CALL);
        SpanData served = service.await(CALL);
        assertThat(call.getTraceId()).isEqualTo(TRACE);
        assertThat(call.getParentSpanId()).isEqualTo(SPAN);
        assertThat(call.getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(call.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(attributes(call))
                .isEqualTo(Map.of(
                        "rpc.system.name",
                        "grpc",
                        "rpc.method",
                        CALL,
                        "rpc.response.status_code",
                        "OK",
                        "server.address",
                        "127.0.0.1",
                        "server.port",
                        (long) orders.port()));
        assertThat(served.getTraceId()).isEqualTo(TRACE);
        assertThat(served.getParentSpanId()).isEqualTo(call.getSpanId());
        assertThat(served.getSpanContext().getTraceState().get("vendor")).isEqualTo("1");
    }

    @Test
    @SuppressWarnings("try")
    void arePartOfTheCurrentSpanWhereNoneIsPropagated() {
        Span request = recorded.sdk().getTracer("test").spanBuilder("request").startSpan();
        try (Scope scope = request.makeCurrent()) {
            buy(upstream, "jazz", CallContext.create().withPropagation("traceparent", "nonsense"));
        }

        assertThat(recorded.await(CALL).getParentSpanId())
                .isEqualTo(request.getSpanContext().getSpanId());
        assertThat(service.await(CALL).getParentSpanId())
                .isEqualTo(recorded.await(CALL).getSpanId());
    }

    @Test
    void areAnErrorIfTheCallFails() {
        buy(upstream, "blues", CallContext.create());

        SpanData call = recorded.await(CALL);
        assertThat(call.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attributes(call))
                .containsEntry("rpc.response.status_code", "NOT_FOUND")
                .containsEntry("error.type", "NOT_FOUND");
    }

    @Test
    void tellTheServiceThatTheTraceIsNotSampled() {
        try (RecordedSpans off = new RecordedSpans(Sampler.alwaysOff());
                Upstream unsampled = upstream(off)) {
            buy(unsampled, "jazz", CallContext.create().withPropagation("traceparent", TRACEPARENT));

            assertThat(off.all()).isEmpty();
        }
        assertThat(service.all()).isEmpty();
    }

    private Upstream upstream(RecordedSpans spans) {
        return Upstream.builder("order-service", "127.0.0.1", orders.port())
                .intercept(new CallSpans(spans.sdk(), "127.0.0.1", orders.port()))
                .build();
    }

    /** Buys a ticket, or fails to. */
    private static void buy(Upstream upstream, String event, CallContext context) {
        new GrpcOrderGateway(upstream)
                .purchase(new TicketPurchase(event, "ann", UUID.randomUUID().toString()), context)
                .handle((purchase, failure) -> purchase)
                .toCompletableFuture()
                .join();
    }
}
