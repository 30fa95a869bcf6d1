package io.tollgate.opentelemetry;

import static io.tollgate.opentelemetry.RequestSpansTest.attributes;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.AccessRule;
import io.tollgate.auth.redis.RedisServer;
import io.tollgate.ratelimit.FallbackRateLimiter;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.RedisRateLimiter;
import io.tollgate.testkit.TestRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardSpansTest {
    private static final HttpRequestHead HEAD = TestRequest.of("GET", "/");

    @TempDir
    Path folder;

    private final RecordedSpans recorded = new RecordedSpans();
    private final GuardSpans spans = new GuardSpans(recorded.sdk());

    @AfterEach
    void stop() {
        recorded.close();
    }

    @Test
    @SuppressWarnings("try")
    void arePartOfTheCurrentSpan() {
        RequestGuard guard = guard(LocalRateLimiter.builder().build(), policy("few", 1), shadow("trial"));
        Span request = start();
        try (Scope scope = request.makeCurrent()) {
            respond(guard, HEAD);
        }

        SpanData span = recorded.await("ratelimit");
        assertThat(span.getParentSpanId()).isEqualTo(request.getSpanContext().getSpanId());
        assertThat(span.getEndEpochNanos()).isGreaterThanOrEqualTo(span.getStartEpochNanos());
        assertThat(attributes(span))
                .containsEntry("tollgate.ratelimit.policies", List.of("few", "trial"))
                .containsEntry("tollgate.ratelimit.outcome", "allowed")
                .containsEntry("tollgate.ratelimit.fallback", false)
                .hasSize(3);
    }

    @Test
    @SuppressWarnings("try")
    void nameThePoliciesThatRefusedAndNoKey() {
        RequestGuard guard = guard(LocalRateLimiter.builder().build(), shadow("trial"), policy("few", 1));
        respond(guard, HEAD);

        try (Scope scope = start().makeCurrent()) {
            respond(guard, HEAD);
        }

        assertThat(attributes(recorded.await("ratelimit")))
                .containsEntry("tollgate.ratelimit.outcome", "refused")
                .containsEntry("tollgate.ratelimit.refused_by", "few")
                .containsEntry("tollgate.ratelimit.shadow_refused_by", List.of("trial"))
                .allSatisfy((name, value) -> assertThat(value.toString()).doesNotContain("127.0.0.1"));
    }

    @Test
    @SuppressWarnings("try")
    void areLeftOutWithoutASampledSpanOfTheRequest() {
        RequestGuard guard = guard(LocalRateLimiter.builder().build(), policy("few", 10));
        respond(guard, HEAD);
        try (RecordedSpans off = new RecordedSpans(Sampler.alwaysOff());
                Scope scope = off.sdk()
                        .getTracer("test")
                        .spanBuilder("request")
                        .startSpan()
                        .makeCurrent()) {
            respond(guard, HEAD);
        }

        assertThat(recorded.all()).isEmpty();
    }

    @Test
    void findTheirParentWhereTheyAreTold() {
        Span request = start();
        GuardSpans told = new GuardSpans(recorded.sdk(), head -> Context.root().with(request));
        RequestGuard guard = RequestGuard.builder()
                .limiter(LocalRateLimiter.builder().build(), List.of(policy("few", 1)))
                .listener(told)
                .build();

        respond(guard, HEAD);

        assertThat(recorded.await("ratelimit").getParentSpanId())
                .isEqualTo(request.getSpanContext().getSpanId());
    }

    @Test
    void findTheirParentInTheHeadWhereRedisDecides() {
        try (RedisServer redis = RedisServer.start(folder);
                RedisRateLimiter limiter = redis(redis)) {
            Awaitility.await().until(() -> limiter.stats().up());
            RequestGuard guard = guard(limiter, policy("few", 10));
            Span request = start();

            respond(guard, GuardSpans.withContext(HEAD, Context.root().with(request)));

            SpanData span = recorded.await("ratelimit");
            assertThat(span.getParentSpanId())
                    .isEqualTo(request.getSpanContext().getSpanId());
            assertThat(attributes(span)).containsEntry("tollgate.ratelimit.fallback", false);
        }
    }

    @Test
    void sayThatRedisDidNotDecide() {
        try (RedisServer redis = RedisServer.start(folder);
                RedisRateLimiter shared = redis(redis)) {
            redis.kill();
            RequestGuard guard = guard(FallbackRateLimiter.builder(shared).build(), policy("few", 10));

            respond(guard, GuardSpans.withContext(HEAD, Context.root().with(start())));

            assertThat(attributes(recorded.await("ratelimit"))).containsEntry("tollgate.ratelimit.fallback", true);
        }
    }

    @Test
    void leaveTheHeadAsItWas() {
        HttpRequestHead head = TestRequest.of("POST", "/a?b=c").withHeader("Accept", "text/html");

        HttpRequestHead carrier = GuardSpans.withContext(head, Context.root());

        assertThat(carrier.method()).isEqualTo("POST");
        assertThat(carrier.path()).isEqualTo("/a");
        assertThat(carrier.query()).contains("b=c");
        assertThat(carrier.peer()).isEqualTo(head.peer());
        assertThat(carrier.headers("accept")).containsExactly("text/html");
        assertThat(carrier.header("accept")).contains("text/html");
        assertThat(carrier).hasToString(head.toString());
    }

    private Span start() {
        return recorded.sdk().getTracer("test").spanBuilder("request").startSpan();
    }

    private RequestGuard guard(RateLimiter limiter, RateLimitPolicy... policies) {
        return RequestGuard.builder()
                .limiter(limiter, List.of(policies))
                .listener(spans)
                .build();
    }

    private static void respond(RequestGuard guard, HttpRequestHead head) {
        guard.respond(head, "/", AccessRule.open(), "request-1", request -> HttpResponse.empty(204));
    }

    private static RateLimitPolicy policy(String name, int perHour) {
        return Policies.named(name).limit(RateLimit.perHour(perHour)).build();
    }

    private static RateLimitPolicy shadow(String name) {
        return Policies.named(name).limit(RateLimit.perHour(1)).shadow(true).build();
    }

    private static RedisRateLimiter redis(RedisServer server) {
        return RedisRateLimiter.builder()
                .standalone("127.0.0.1", server.port())
                .deadline(Duration.ofSeconds(5))
                .build();
    }
}
