package io.tollgate.runner.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObservedTest {
    private final List<String> told = new ArrayList<>();
    private final Observed observed = new Observed(
            new RequestListener() {
                @Override
                public void started(HttpRequestHead head) {
                    told.add("started");
                }

                @Override
                public void finished(RequestSummary request) {
                    told.add("finished " + request.response().status());
                }
            },
            new Errors(ErrorRenderer.envelope()));

    @Test
    void tellsOfAnAnswerWhenItIsKnown() {
        CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
        observed.apply(FakeSource.local().request(), request -> answer);
        assertThat(told).containsExactly("started");

        answer.complete(HttpResponse.empty(204));

        assertThat(told).containsExactly("started", "finished 204");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whateverStartedAlsoFinishes(boolean thrown) {
        RuntimeException fault = new IllegalStateException("a fault in a filter");

        CompletableFuture<HttpResponse> answer = observed.apply(
                        FakeSource.local().request(), request -> {
                            if (thrown) {
                                throw fault;
                            }
                            return CompletableFuture.failedFuture(fault);
                        })
                .toCompletableFuture();

        assertThat(answer.join().status()).isEqualTo(500);
        assertThat(told).containsExactly("started", "finished 500");
    }
}
