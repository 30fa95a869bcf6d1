package io.tollgate.opentelemetry;

import static io.tollgate.opentelemetry.Caller.TRACE;
import static io.tollgate.opentelemetry.Caller.TRACEPARENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.token.AccessRule;
import io.tollgate.auth.redis.RedisServer;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.RedisRateLimiter;
import io.tollgate.testkit.TestRequest;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TracingListenerTest {
    @TempDir
    Path folder;

    private final RecordedSpans recorded = new RecordedSpans();
    private final TracingListener tracing = new TracingListener(
            recorded.sdk(), RequestSpans.builder(recorded.sdk()).build());

    @AfterEach
    void stop() {
        recorded.close();
    }

    @Test
    void recordsARequestAndWhatRedisDecidesOfIt() {
        try (RedisServer redis = RedisServer.start(folder);
                RedisRateLimiter limiter = RedisRateLimiter.builder()
                        .standalone("127.0.0.1", redis.port())
                        .deadline(Duration.ofSeconds(5))
                        .build()) {
            Awaitility.await().until(() -> limiter.stats().up());
            RequestGuard guard = RequestGuard.builder()
                    .limiter(limiter, List.of(Policies.standard(RateLimit.perHour(10))))
                    .listener(tracing)
                    .build();
            HttpRequestHead head = TestRequest.of("GET", "/").withHeader("traceparent", TRACEPARENT);

            tracing.started(head);
            guard.respond(head, "/", AccessRule.open(), "request-1", request -> HttpResponse.empty(204));
            tracing.finished(Summary.of(head, "/", 204, null));
        }

        SpanData request = recorded.await("GET /");
        assertThat(request.getTraceId()).isEqualTo(TRACE);
        assertThat(recorded.await("ratelimit").getParentSpanId()).isEqualTo(request.getSpanId());
    }

    /** Two requests of one connection may have the same head. */
    @Test
    void tellsRequestsWithEqualHeadsApart() {
        Head first = new Head("GET");
        Head second = new Head("GET");
        assertThat(first).isEqualTo(second);

        tracing.started(first);
        tracing.started(second);
        Context ofFirst = tracing.context(first);
        Context ofSecond = tracing.context(second);
        tracing.finished(Summary.of(first, "/first", 200, null));
        tracing.finished(Summary.of(second, "/second", 200, null));

        assertThat(ofFirst).isNotSameAs(ofSecond);
        assertThat(TraceContexts.of(ofFirst))
                .hasValueSatisfying(trace -> assertThat(trace.traceId())
                        .isEqualTo(recorded.await("GET /first").getTraceId()));
        assertThat(TraceContexts.of(ofSecond))
                .hasValueSatisfying(trace -> assertThat(trace.traceId())
                        .isEqualTo(recorded.await("GET /second").getTraceId()));
    }

    @Test
    void knowsARequestNoLongerThanItIsInFlight() {
        HttpRequestHead head = TestRequest.of("GET", "/");
        tracing.started(head);
        tracing.finished(Summary.of(head, "/", 200, null));
        tracing.finished(Summary.of(head, "/", 200, null));

        assertThat(tracing.context(head)).isSameAs(Context.current());
        assertThat(recorded.all()).hasSize(1);
    }

    private record Head(String method) implements HttpRequestHead {
        @Override
        public String path() {
            return "/";
        }

        @Override
        public InetAddress peer() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public List<String> headers(String name) {
            return List.of();
        }
    }
}
