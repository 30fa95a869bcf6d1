package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.order.Ticket;
import io.tollgate.runner.GatewayStartException;
import io.tollgate.runner.frontdoor.OtlpReceiver.Received;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a collector gets of a request on its way through the gateway and the services. */
class TracingTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALLER = "00f067aa0ba902b7";
    private static final String TRACEPARENT = "00-" + TRACE + "-" + CALLER + "-01";
    private static final String PURCHASE = "POST /api/v1/tickets/{event_id}/purchase";
    private static final String CALL = "order.OrderService/PurchaseTicket";
    private static final io.grpc.Metadata.Key<String> HEADER =
            io.grpc.Metadata.Key.of("traceparent", io.grpc.Metadata.ASCII_STRING_MARSHALLER);

    private OtlpReceiver collector;

    @BeforeEach
    void start() throws IOException {
        collector = new OtlpReceiver();
    }

    @AfterEach
    void stop() {
        collector.close();
    }

    @Test
    void oneTraceGoesFromTheCallerThroughGatewayAndService() throws Exception {
        try (OpenTelemetrySdk users = service("user-service");
                OpenTelemetrySdk orders = service("order-service");
                Deployment gateway = traced().telemetry(users, orders).start()) {
            Answer bought = buy(gateway, "rock-2026", "traceparent", TRACEPARENT, "tracestate", "vendor=1");
            assertThat(bought.status()).isEqualTo(200);

            Received request = collector.await("tollgate", PURCHASE);
            Received limit = collector.await("tollgate", "ratelimit");
            Received call = collector.await("tollgate", CALL);
            Received served = collector.await("order-service", CALL);

            assertThat(List.of(request, limit, call, served)).allSatisfy(span -> {
                assertThat(span.traceId()).isEqualTo(TRACE);
                assertThat(span.span().getTraceState()).isEqualTo("vendor=1");
                assertThat(span.span().getEndTimeUnixNano())
                        .isGreaterThanOrEqualTo(span.span().getStartTimeUnixNano());
            });
            assertThat(request.parentId()).isEqualTo(CALLER);
            assertThat(request.span().getKind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
            assertThat(request.attribute("http.request.method")).isEqualTo("POST");
            assertThat(request.attribute("http.route")).isEqualTo("/api/v1/tickets/{event_id}/purchase");
            assertThat(request.attribute("http.response.status_code")).isEqualTo("200");
            assertThat(request.attribute("url.scheme")).isEqualTo("http");
            assertThat(request.attribute("client.address")).isEqualTo("127.0.0.1");
            assertThat(request.attribute("error.type")).isEmpty();
            assertThat(request.attribute("tollgate.request.id")).isEqualTo(bought.header("X-Request-Id"));
            assertThat(limit.parentId()).isEqualTo(request.id());
            assertThat(limit.attribute("tollgate.ratelimit.policies")).isEqualTo("default");
            assertThat(limit.attribute("tollgate.ratelimit.outcome")).isEqualTo("allowed");
            assertThat(call.parentId()).isEqualTo(request.id());
            assertThat(call.span().getKind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
            assertThat(call.attribute("rpc.system.name")).isEqualTo("grpc");
            assertThat(call.attribute("rpc.response.status_code")).isEqualTo("OK");
            assertThat(call.attribute("server.address")).isEqualTo("127.0.0.1");
            assertThat(served.parentId()).isEqualTo(call.id());
            assertThat(served.span().getKind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
        }
    }

    @Test
    void aRestartedTraceIsLinkedToTheCallers() throws Exception {
        try (Deployment gateway = traced().with("TRACING_INCOMING", "restart").start()) {
            buy(gateway, "rock-2026", "traceparent", TRACEPARENT, "tracestate", "vendor=1");

            Received request = collector.await("tollgate", PURCHASE);

            assertThat(request.traceId()).isNotEqualTo(TRACE);
            assertThat(request.parentId()).isEmpty();
            assertThat(request.span().getTraceState()).isEmpty();
            assertThat(request.span().getLinksList()).singleElement().satisfies(link -> {
                assertThat(java.util.HexFormat.of().formatHex(link.getTraceId().toByteArray()))
                        .isEqualTo(TRACE);
                assertThat(java.util.HexFormat.of().formatHex(link.getSpanId().toByteArray()))
                        .isEqualTo(CALLER);
            });
            assertThat(collector.await("tollgate", CALL).traceId()).isEqualTo(request.traceId());
        }
    }

    @Test
    void aFailureIsAnErrorOfItsSpansAndARefusalNamesItsPolicy() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                Deployment gateway = traced().with("REDIS_TOKEN_BUCKET_CAPACITY", "1")
                        .with("REDIS_TOKEN_BUCKET_REFILL_RATE", "0.01")
                        .upstream(upstream)
                        .start()) {
            upstream.purchase = ScriptedUpstream.failing(io.grpc.Status.INTERNAL.asRuntimeException());
            assertThat(buy(gateway, "rock-2026").status()).isEqualTo(500);
            Received failed = collector.await("tollgate", PURCHASE);
            assertThat(failed.span().getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
            assertThat(failed.attribute("error.type")).isEqualTo("INTERNAL_SERVER_ERROR");
            assertThat(collector.await("tollgate", CALL).attribute("rpc.response.status_code"))
                    .isEqualTo("INTERNAL");

            assertThat(gateway.client().get("/health").status()).isEqualTo(200);
            assertThat(gateway.client().get("/health").status()).isEqualTo(429);
            org.awaitility.Awaitility.await()
                    .untilAsserted(() -> assertThat(collector.spans()).anySatisfy(span -> {
                        assertThat(span.attribute("tollgate.ratelimit.outcome")).isEqualTo("refused");
                        assertThat(span.attribute("tollgate.ratelimit.refused_by"))
                                .isEqualTo("default");
                    }));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "nothing is said, OTEL_SERVICE_NAME, gate",
        "the SDK is disabled, OTEL_SDK_DISABLED, true",
        "there is no exporter, OTEL_TRACES_EXPORTER, none"
    })
    void nothingIsSentAndTheCallersTraceGoesOnWhere(String situation, String variable, String value) throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream()) {
            upstream.purchase = (request, answer) -> {
                told.add(ScriptedUpstream.METADATA.get().get(HEADER));
                ScriptedUpstream.<io.tollgate.grpc.order.PurchaseRequest, PurchaseResponse>answering(
                                PurchaseResponse.newBuilder()
                                        .setStatus(PurchaseResponse.Status.CONFIRMED)
                                        .setTicket(Ticket.newBuilder().setId("t"))
                                        .build())
                        .accept(request, answer);
            };
            Deployment.Builder builder = Deployment.builder().upstream(upstream).with(variable, value);
            if (!variable.equals("OTEL_SERVICE_NAME")) {
                builder.with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
            }
            try (Deployment gateway = builder.start()) {
                assertThat(buy(gateway, "rock-2026", "traceparent", TRACEPARENT).status())
                        .as(situation)
                        .isEqualTo(200);
            }
        }

        assertThat(told).containsExactly(TRACEPARENT);
        assertThat(collector.spans()).isEmpty();
    }

    @Test
    void whatIsNotSampledIsNotSentAndTheServiceIsToldSo() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream()) {
            upstream.purchase = (request, answer) -> {
                told.add(ScriptedUpstream.METADATA.get().get(HEADER));
                answer.onError(io.grpc.Status.NOT_FOUND.asRuntimeException());
            };
            try (Deployment gateway = traced().with("OTEL_TRACES_SAMPLER", "always_off")
                    .upstream(upstream)
                    .start()) {
                buy(gateway, "rock-2026", "traceparent", TRACEPARENT);
            }
        }

        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("00-" + TRACE + "-")
                .endsWith("-00");
        assertThat(collector.spans()).isEmpty();
    }

    @Test
    void aCollectorThatIsAwayFailsNoRequest() throws Exception {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }
        try (Deployment gateway = traced().with("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + nobody)
                .with("OTEL_BSP_MAX_QUEUE_SIZE", "16")
                .with("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "8")
                .start()) {
            for (int i = 0; i < 50; i++) {
                assertThat(gateway.client().get("/health").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void closingSendsWhatWaitsWithTheHeadersAskedFor() throws Exception {
        try (Deployment gateway = traced().with("OTEL_BSP_SCHEDULE_DELAY", "3600000")
                .with("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20of-the-collector")
                .start()) {
            gateway.client().get("/health");
            assertThat(collector.spans()).isEmpty();
        }

        assertThat(collector.spans())
                .extracting(span -> span.span().getName())
                .containsExactlyInAnyOrder("GET /health", "ratelimit");
        assertThat(collector.authorizations()).containsOnly("Bearer of-the-collector");
    }

    @ParameterizedTest
    @CsvSource({
        "OTEL_TRACES_SAMPLER, sometimes, parentbased_traceidratio",
        "OTEL_BSP_SCHEDULE_DELAY, soon, ''",
        "OTEL_EXPORTER_OTLP_ENDPOINT, somewhere, http://localhost:4318",
        "OTEL_TRACES_EXPORTER, pigeon, '(expected: otlp, none)'",
        "OTEL_PROPAGATORS, whisper, ''",
        "OTEL_EXPORTER_OTLP_PROTOCOL, smoke, '(expected: http/protobuf, grpc)'",
    })
    void aWrongVariableIsNamedAtTheStart(String variable, String value, String right) {
        assertThatThrownBy(() -> traced().with(variable, value).start())
                .isInstanceOf(GatewayStartException.class)
                .hasMessageStartingWith("tracing cannot start: ")
                .hasMessageContaining(variable)
                .hasMessageContaining(value)
                .hasMessageContaining(right);
    }

    @Test
    void wrongHeadersAreNotShown() {
        assertThatThrownBy(() -> traced().with("OTEL_EXPORTER_OTLP_HEADERS", "marked-secret-without-a-name")
                        .start())
                .isInstanceOf(GatewayStartException.class)
                .hasMessageContaining("OTEL_EXPORTER_OTLP_HEADERS")
                .hasMessageNotContaining("marked");
    }

    private Deployment.Builder traced() {
        return Deployment.builder()
                .with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint())
                .with("OTEL_BSP_SCHEDULE_DELAY", "50");
    }

    private OpenTelemetrySdk service(String name) {
        return AutoConfiguredOpenTelemetrySdk.builder()
                .disableShutdownHook()
                .addPropertiesCustomizer(processes -> Map.of(
                        "otel.service.name", name,
                        "otel.traces.exporter", "otlp",
                        "otel.metrics.exporter", "none",
                        "otel.logs.exporter", "none",
                        "otel.exporter.otlp.protocol", "http/protobuf",
                        "otel.exporter.otlp.endpoint", collector.endpoint(),
                        "otel.bsp.schedule.delay", "50"))
                .build()
                .getOpenTelemetrySdk();
    }

    private static Answer buy(Deployment gateway, String event, String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Authorization";
        all[headers.length + 1] = "Bearer " + gateway.token("u-1");
        return gateway.client().post("/api/v1/tickets/" + event + "/purchase", "{}", all);
    }
}
