package io.tollgate.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.ErrorType;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.order.OrderError;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.token.AccessRule;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import io.tollgate.testkit.TestRequest;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestMetricsTest {
    private static final String DURATION = "http.server.request.duration";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RequestMetrics metrics = new RequestMetrics(registry);

    @Test
    void measuresRequestsByRouteMethodStatusAndError() {
        finish("GET", "/a", 200, null);
        finish("GET", "/a", 200, null);
        finish("POST", "/a", 200, null);
        finish("GET", "/b", 200, null);
        finish("GET", "/b", 409, OrderError.SOLD_OUT);
        finish("GET", "/b", 409, CommonError.OPERATION_ABORTED);

        assertThat(requests("GET", "/a", 200, "")).isEqualTo(2);
        assertThat(requests("POST", "/a", 200, "")).isEqualTo(1);
        assertThat(requests("GET", "/b", 200, "")).isEqualTo(1);
        assertThat(requests("GET", "/b", 409, "SOLD_OUT")).isEqualTo(1);
        assertThat(requests("GET", "/b", 409, "OPERATION_ABORTED")).isEqualTo(1);
        assertThat(registry.get(DURATION)
                        .tag("http.route", "/a")
                        .tag("http.request.method", "GET")
                        .timer()
                        .totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(2);
    }

    @Test
    void tellsStatusesOfOneErrorApart() {
        finish("GET", "/a", 401, CommonError.INVALID_TOKEN);
        finish("GET", "/a", 403, CommonError.INVALID_TOKEN);

        assertThat(requests("GET", "/a", 401, "INVALID_TOKEN")).isEqualTo(1);
        assertThat(requests("GET", "/a", 403, "INVALID_TOKEN")).isEqualTo(1);
    }

    @Test
    void labelsNothingWithWhatAClientOrAServiceMakesUp() {
        finish("BREW", "/a", 405, CommonError.METHOD_NOT_ALLOWED);
        finish("GET", null, 404, CommonError.ROUTE_NOT_FOUND);
        finish("GET", "/a", 418, ErrorCode.of("TEAPOT_A", ErrorType.CONFLICT_ERROR, 418));
        finish("GET", "/a", 418, ErrorCode.of("TEAPOT_B", ErrorType.CONFLICT_ERROR, 418));

        assertThat(requests("_OTHER", "/a", 405, "METHOD_NOT_ALLOWED")).isEqualTo(1);
        assertThat(requests("GET", "none", 404, "ROUTE_NOT_FOUND")).isEqualTo(1);
        assertThat(requests("GET", "/a", 418, "other")).isEqualTo(2);
        assertThat(registry.find(DURATION).timers()).hasSize(3);
    }

    @Test
    void measuresRoutesBeyondTheThousandthTogether() {
        for (int i = 0; i < 1_500; i++) {
            finish("GET", "/paths/" + i, 200, null);
        }

        assertThat(registry.find(DURATION).timers()).hasSize(RequestMetrics.MAX_ROUTES + 1);
        assertThat(requests("GET", "/paths/0", 200, "")).isEqualTo(1);
        assertThat(requests("GET", "other", 200, "")).isEqualTo(500);
    }

    @Test
    void countsWhatIsInFlightAndWhatWasNoRequest() {
        metrics.started(TestRequest.of("GET", "/"));
        metrics.started(TestRequest.of("GET", "/"));
        metrics.finished(Summary.of("GET", "/", 204, null));
        metrics.unreadable(400);

        assertThat(registry.get("http.server.active_requests").gauge().value()).isEqualTo(1);
        assertThat(registry.get("tollgate.unreadable.requests").counter().count())
                .isEqualTo(1);
        assertThat(registry.find(DURATION).timer().count()).isEqualTo(1);
    }

    @Test
    void measuresTheGuardOfTheServerToo() {
        RequestGuard guard = RequestGuard.builder()
                .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(RateLimit.perHour(1))))
                .listener(metrics)
                .build();
        guard.respond(TestRequest.of("GET", "/"), "/", AccessRule.open(), "r-1", request -> HttpResponse.empty(204));

        assertThat(registry.get("tollgate.ratelimit.decisions")
                        .tags("policy", "default", "outcome", "allowed")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void findsItsMetersWithoutAllocating() {
        Summary success = Summary.of("GET", "/a", 200, null);
        Summary failure = Summary.of("POST", "/b", 409, OrderError.SOLD_OUT);
        Summary foreign = Summary.of("POST", "/b", 418, ErrorCode.of("TEAPOT", ErrorType.CONFLICT_ERROR, 418));
        RateLimitDecisions decisions = new RateLimitDecisions(List.of(
                RateLimitDecision.allowed(RateLimitCheck.of("p", "a", RateLimit.perHour(10)), 1, Instant.EPOCH)));
        Runnable requests = () -> {
            metrics.started(success.head());
            metrics.authenticated(success.head(), null);
            metrics.decided(success.head(), decisions, 1_000);
            metrics.finished(success);
            metrics.finished(failure);
            metrics.finished(foreign);
        };
        int rounds = 20_000;
        repeat(rounds, requests); // Registers the meters, and lets the histograms grow.

        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        repeat(rounds, requests);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;

        // The smallest object has 16 bytes. The histograms allocate when their window moves on.
        assertThat(bytes).isLessThan(8L * rounds);
    }

    private static void repeat(int times, Runnable task) {
        for (int i = 0; i < times; i++) {
            task.run();
        }
    }

    private void finish(String method, String route, int status, ErrorCode error) {
        metrics.finished(Summary.of(method, route, status, error));
    }

    private long requests(String method, String route, int status, String error) {
        Timer timer = registry.find(DURATION)
                .tags(
                        "http.request.method",
                        method,
                        "http.route",
                        route,
                        "http.response.status_code",
                        Integer.toString(status),
                        "error.type",
                        error)
                .timer();
        return timer == null ? 0 : timer.count();
    }
}
