package io.tollgate.api.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;

import io.tollgate.api.CommonError;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

/** Several listeners as one. */
class RequestListenerTest {
    private final RequestListener first = mock();
    private final RequestListener second = mock();

    @Test
    void callsEachListenerForEachEventInTheirOrder() {
        RequestListener both = RequestListener.all(List.of(first, second));
        HttpRequestHead head = Requests.anonymous();
        RateLimitDecision decision =
                RateLimitDecision.allowed(RateLimitCheck.of("default", "all", RateLimit.perHour(1)), 0, Instant.EPOCH);
        RateLimitDecisions decisions = new RateLimitDecisions(List.of(decision));
        RequestSummary summary = mock();

        both.started(head);
        both.authenticated(head, CommonError.INVALID_TOKEN);
        both.decided(head, decisions, 7);
        both.settled(head, decision, true);
        both.finished(summary);
        both.unreadable(400);

        InOrder calls = inOrder(first, second);
        for (RequestListener each : List.of(first, second)) {
            calls.verify(each).started(head);
        }
        for (RequestListener each : List.of(first, second)) {
            calls.verify(each).authenticated(head, CommonError.INVALID_TOKEN);
        }
        for (RequestListener each : List.of(first, second)) {
            calls.verify(each).decided(head, decisions, 7);
        }
        for (RequestListener each : List.of(first, second)) {
            calls.verify(each).settled(head, decision, true);
        }
        for (RequestListener each : List.of(first, second)) {
            calls.verify(each).finished(summary);
        }
        for (RequestListener each : List.of(first, second)) {
            calls.verify(each).unreadable(400);
        }
    }

    @Test
    void isTheListenerItselfIfThereIsOne() {
        assertThat(RequestListener.all(List.of(first))).isSameAs(first);
    }
}
