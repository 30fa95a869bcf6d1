package io.tollgate.api.guard;

import static io.tollgate.api.guard.Requests.anonymous;
import static io.tollgate.api.guard.Requests.perClient;
import static io.tollgate.api.guard.Requests.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.Principal;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.token.AccessRule;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RequestSummaryTest {
    private final RequestGuard guard = RequestGuard.builder()
            .tokens(NamedTokens.cheap())
            .limiter(new MemoryLimiter(), List.of(perClient("default", 1)))
            .build();

    private RequestSummary summary(HttpRequestHead head, HttpResponse response) {
        Admission admission = guard.admit(head, "/shop", AccessRule.token())
                .toCompletableFuture()
                .join();
        return RequestSummary.of(head, "request-1", "/shop", admission, response, 42);
    }

    @Test
    void knowsWhatTheGuardKnowsOfAnAdmittedRequest() {
        HttpRequestHead head = with("ann");
        HttpResponse response = HttpResponse.empty(204);
        RequestSummary summary = summary(head, response);

        assertThat(summary.head()).isSameAs(head);
        assertThat(summary.requestId()).isEqualTo("request-1");
        assertThat(summary.route()).contains("/shop");
        assertThat(summary.response()).isSameAs(response);
        assertThat(summary.nanos()).isEqualTo(42);
        assertThat(summary.clientAddress().getHostAddress()).isEqualTo("192.0.2.1");
        assertThat(summary.principal().map(Principal::userId)).contains("ann");
        assertThat(summary.decisions().allowed()).isTrue();
        assertThat(summary.error()).isNull();
    }

    @Test
    void hasTheErrorAndTheDecisionOfARejectedRequest() {
        assertThat(summary(anonymous(), HttpResponse.empty(401)).error()).isEqualTo(CommonError.MISSING_TOKEN);

        RequestSummary limited = summary(anonymous(), HttpResponse.empty(429));
        assertThat(limited.error()).isEqualTo(CommonError.RATE_LIMIT_EXCEEDED);
        assertThat(limited.decisions().allowed()).isFalse();
        assertThat(limited.reported().orElseThrow().policy()).isEqualTo("default");
    }

    @Test
    void isThatOfARequestWithoutAGuardByDefault() {
        HttpRequestHead head = anonymous();
        RequestSummary unguarded = new RequestSummary() {
            @Override
            public HttpRequestHead head() {
                return head;
            }

            @Override
            public Optional<String> route() {
                return Optional.empty();
            }

            @Override
            public @Nullable ErrorCode error() {
                return null;
            }

            @Override
            public HttpResponse response() {
                return HttpResponse.empty(204);
            }

            @Override
            public long nanos() {
                return 42;
            }
        };

        assertThat(unguarded.requestId()).isEqualTo("-");
        assertThat(unguarded.clientAddress()).isEqualTo(head.peer());
        assertThat(unguarded.principal()).isEmpty();
        assertThat(unguarded.decisions().decisions()).isEmpty();
        assertThat(unguarded.reported()).isEmpty();
    }
}
