package io.tollgate.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private static final Bandwidth LIMIT = Bandwidth.of(10, 10, Duration.ofMinutes(1));

    private final Traffic traffic = new Traffic();

    @Test
    void countsEveryRequestAndKeepsTheFirstOfThem() {
        for (int i = 0; i < 1000; i++) {
            finish("GET", HttpResponse.empty(200));
            finish("GET", HttpResponse.empty(404));
        }

        assertThat(traffic.drainResponses()).containsExactly(1000L, 0L, 1000L, 0L, 0L);
        assertThat(traffic.drainRequests()).hasSize(Traffic.KEPT);
        assertThat(traffic.drainErrors()).hasSize(10);
        finish("GET", HttpResponse.empty(404));
        assertThat(traffic.drainRequests()).as("after a sample").hasSize(1);
        assertThat(traffic.drainErrors()).hasSize(1);
    }

    @Test
    void keepsRoomForFewErrorsOfAKindBesideManyOfAnother() {
        for (int i = 0; i < 1000; i++) {
            finish("GET", HttpResponse.empty(404));
        }
        finish("GET", HttpResponse.empty(503));

        assertThat(traffic.drainErrors()).extracting(RecentRequest::status).contains(503);
    }

    @Test
    void keepsOfALargeErrorNoBody() {
        byte[] shown = "{\"message\":\"no\"}".getBytes(UTF_8);
        finish("GET", HttpResponse.json(500, shown));
        finish("GET", HttpResponse.json(500, new byte[10_000_000]));
        finish("GET", HttpResponse.streaming(500, "text/plain", subscriber -> {}));

        List<RecentRequest> errors = traffic.drainErrors();
        assertThat(errors).extracting(error -> error.error().status()).containsOnly(500);
        assertThat(errors).extracting(error -> error.error().bytes().length).containsExactly(shown.length, 0, 0);
        assertThat(errors).noneMatch(error -> error.error().stream().isPresent());
    }

    @Test
    void cutsTheMethod() {
        finish("X".repeat(8192), HttpResponse.empty(405));

        assertThat(traffic.drainRequests()).extracting(RecentRequest::method).containsExactly("X".repeat(16));
    }

    @Test
    void countsThePoliciesBeyondTheFirstHundredTogether() {
        HttpRequestHead head = Requests.get("/");
        for (int i = 0; i < 10_000; i++) {
            RateLimitCheck check = RateLimitCheck.of("policy-" + i, "user:1", RateLimit.of(LIMIT));
            traffic.decided(
                    head,
                    new RateLimitDecisions(List.of(
                            new RateLimitDecision(check, LIMIT, true, 0, 0, 0, 0, 0, RateLimitDecision.Source.LOCAL))),
                    1);
        }

        assertThat(traffic.policies()).hasSize(101);
        assertThat(traffic.policies().get("(others)").drain().allowed()).isEqualTo(9_900);
    }

    private void finish(String method, HttpResponse response) {
        traffic.finished(new Finished(Requests.of(method, "/"), response));
    }

    private record Finished(HttpRequestHead head, HttpResponse response) implements RequestSummary {

        @Override
        public Optional<String> route() {
            return Optional.empty();
        }

        @Override
        public ErrorCode error() {
            return CommonError.INTERNAL_SERVER_ERROR;
        }

        @Override
        public long nanos() {
            return 1;
        }
    }
}
