package io.tollgate.opentelemetry;

import static io.tollgate.opentelemetry.Caller.SPAN;
import static io.tollgate.opentelemetry.Caller.TRACE;
import static io.tollgate.opentelemetry.Caller.TRACEPARENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.tollgate.api.CommonError;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.TraceContext;
import io.tollgate.testkit.TestRequest;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestSpansTest {
    private final RecordedSpans recorded = new RecordedSpans();
    private final RequestSpans spans = RequestSpans.builder(recorded.sdk()).build();

    @AfterEach
    void stop() {
        recorded.close();
    }

    @Test
    void continueTheTraceOfTheClient() {
        HttpRequestHead head = TestRequest.of("GET", "/")
                .withHeader("traceparent", TRACEPARENT)
                .withHeader("tracestate", "vendor=1");

        spans.start(head).end(Summary.of(head, "/tickets/{id}", 200, null));

        SpanData span = recorded.await("GET /tickets/{id}");
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo(SPAN);
        assertThat(span.getParentSpanContext().isRemote()).isTrue();
        assertThat(span.getSpanContext().getTraceState().get("vendor")).isEqualTo("1");
        assertThat(span.getLinks()).isEmpty();
    }

    @Test
    void startATraceOfTheirOwnWhereTheClientIsNotTrusted() {
        HttpRequestHead head = TestRequest.of("GET", "/")
                .withHeader("traceparent", TRACEPARENT)
                .withHeader("tracestate", "vendor=1");

        RequestSpans.builder(recorded.sdk()).restart(true).build().start(head).end("/", 200);

        SpanData span = recorded.await("GET /");
        assertThat(span.getTraceId()).isNotEqualTo(TRACE);
        assertThat(span.getParentSpanContext().isValid()).isFalse();
        assertThat(span.getSpanContext().getTraceState().isEmpty()).isTrue();
        assertThat(span.getLinks()).singleElement().satisfies(link -> {
            assertThat(link.getSpanContext().getTraceId()).isEqualTo(TRACE);
            assertThat(link.getSpanContext().getSpanId()).isEqualTo(SPAN);
        });
    }

    @Test
    void startATraceWhereTheClientNamesNone() {
        spans.start(TestRequest.of("GET", "/").withHeader("traceparent", "00-nonsense"))
                .end("/", 200);

        SpanData span = recorded.await("GET /");
        assertThat(span.getParentSpanContext().isValid()).isFalse();
        assertThat(span.getLinks()).isEmpty();
    }

    @Test
    void haveTheAttributesOfHttpServersAndTheRequestId() {
        HttpRequestHead head = TestRequest.of("POST", "/tickets/marked?marked=query")
                .withPeer("127.0.0.1")
                .withHeader("Authorization", "Bearer marked");

        spans.start(head).end(Summary.of(head, "/tickets/{id}", 409, CommonError.OPERATION_ABORTED));

        SpanData span = recorded.await("POST /tickets/{id}");
        assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(attributes(span))
                .isEqualTo(Map.of(
                        "http.request.method",
                        "POST",
                        "http.route",
                        "/tickets/{id}",
                        "http.response.status_code",
                        409L,
                        "url.scheme",
                        "http",
                        "client.address",
                        "127.0.0.1",
                        "error.type",
                        "OPERATION_ABORTED",
                        "tollgate.request.id",
                        "request-1"));
        assertThat(span.getInstrumentationScopeInfo().getName()).isEqualTo("io.tollgate");
    }

    @Test
    void endWithWhatAServerWithoutAGuardKnows() {
        RequestSpans https =
                RequestSpans.builder(recorded.sdk()).scheme("https").build();

        https.start(TestRequest.of("GET", "/a")).end("/a", 503);

        SpanData span = recorded.await("GET /a");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attributes(span))
                .isEqualTo(Map.of(
                        "http.request.method",
                        "GET",
                        "http.route",
                        "/a",
                        "http.response.status_code",
                        503L,
                        "url.scheme",
                        "https"));
    }

    @Test
    void haveNoNameThatAClientMadeUp() {
        HttpRequestHead head = TestRequest.of("MARKED", "/marked");

        spans.start(head).end(Summary.of(head, null, 404, CommonError.ROUTE_NOT_FOUND));

        SpanData span = recorded.await("HTTP");
        assertThat(attributes(span))
                .containsEntry("http.request.method", "_OTHER")
                .doesNotContainKey("http.route");
    }

    @Test
    void areAnErrorWithoutAResponse() {
        RequestSpan span = spans.start(TestRequest.of("GET", "/"));
        span.fail();
        span.end("/", 200);

        assertThat(recorded.all()).singleElement().satisfies(ended -> {
            assertThat(ended.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(ended.getName()).isEqualTo("GET");
        });
    }

    @Test
    void tellCallsTheirPlaceSampledOrNot() {
        try (RecordedSpans off = new RecordedSpans(Sampler.alwaysOff())) {
            HttpRequestHead head = TestRequest.of("GET", "/").withHeader("traceparent", TRACEPARENT);

            TraceContext sampled = spans.start(head).trace().orElseThrow();
            TraceContext unsampled =
                    RequestSpans.builder(off.sdk()).build().start(head).trace().orElseThrow();

            assertThat(sampled.traceId()).isEqualTo(TRACE);
            assertThat(sampled.sampled()).isTrue();
            assertThat(sampled.traceparent()).doesNotContain(SPAN);
            assertThat(unsampled.traceId()).isEqualTo(TRACE);
            assertThat(unsampled.sampled()).isFalse();
        }
    }

    @Test
    void passTheTraceOfTheClientOnWhereOpenTelemetryIsOff() {
        RequestSpans off = RequestSpans.builder(OpenTelemetry.noop()).build();

        assertThat(off.start(TestRequest.of("GET", "/").withHeader("traceparent", TRACEPARENT))
                        .trace())
                .map(TraceContext::traceparent)
                .contains(TRACEPARENT);
        RequestSpan nothing = off.start(TestRequest.of("GET", "/"));
        assertThat(nothing.trace()).isEmpty();
        nothing.end("/", 200);
    }

    static Map<String, Object> attributes(SpanData span) {
        Map<String, Object> attributes = new TreeMap<>();
        span.getAttributes().forEach((AttributeKey<?> key, Object value) -> attributes.put(key.getKey(), value));
        return attributes;
    }
}
