package io.tollgate.runner.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CallContext;
import io.tollgate.api.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What ties a request to its answer, to log lines and to a trace. */
class CorrelationTest {
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @ParameterizedTest
    @ValueSource(strings = {"a", "order-4711/retry=2", "{}~!\"\\"})
    void keepsAnIdOfVisibleAscii(String id) {
        assertThat(idFor(FakeSource.local().with("X-Request-Id", id))).isEqualTo(id);
    }

    @Test
    void keepsAnIdOf128CharactersAndNoLongerOne() {
        String longest = "x".repeat(128);

        assertThat(idFor(FakeSource.local().with("X-Request-Id", longest))).isEqualTo(longest);
        assertThat(idFor(FakeSource.local().with("X-Request-Id", longest + "x")))
                .hasSize(36);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a\tb", "\u00e9", "a\u007f"})
    void replacesAnIdThatIsNone(String id) {
        assertThat(idFor(FakeSource.local().with("x-request-id", id))).hasSize(36);
    }

    @Test
    void replacesTwoIdsByOne() {
        FakeSource source = FakeSource.local().with("X-Request-Id", "a").with("X-Request-Id", "b");

        assertThat(idFor(source)).hasSize(36);
    }

    @Test
    void passesATraceOn() {
        CallContext context = context(FakeSource.local()
                .with("traceparent", PARENT)
                .with("tracestate", "a=1")
                .with("tracestate", "b=2")
                .with("baggage", "userId=alice"));

        assertThat(context.requestId()).isEqualTo("id-1");
        assertThat(context.propagation())
                .containsEntry("traceparent", PARENT)
                .containsEntry("tracestate", "a=1,b=2")
                .containsEntry("baggage", "userId=alice")
                .hasSize(3);
    }

    @Test
    void passesALaterVersionOn() {
        String later = "01" + PARENT.substring(2) + "-what-the-future-brings";

        assertThat(context(FakeSource.local().with("traceparent", later)).propagation())
                .containsEntry("traceparent", later);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
                "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
            })
    void dropsATraceThatIsNoneWithItsState(String parent) {
        CallContext context =
                context(FakeSource.local().with("traceparent", parent).with("tracestate", "a=1"));

        assertThat(context.propagation()).isEmpty();
    }

    @Test
    void dropsWhatIsTooLargeOrUnprintable() {
        CallContext context = context(FakeSource.local()
                .with("traceparent", PARENT)
                .with("tracestate", "a=" + "x".repeat(511))
                .with("baggage", "a=\u00e9"));

        assertThat(context.propagation()).containsOnlyKeys("traceparent");
        assertThat(context(FakeSource.local().with("baggage", "x".repeat(8193))).propagation())
                .isEmpty();
        assertThat(context(FakeSource.local().with("traceparent", PARENT).with("traceparent", PARENT))
                        .propagation())
                .isEmpty();
    }

    private static String idFor(FakeSource source) {
        Request request = source.request();
        new Correlation().apply(request, r -> CompletableFuture.completedFuture(HttpResponse.empty(204)));
        request.exchange().forEachHeader((name, value) -> {
            assertThat(name).isEqualTo("X-Request-Id");
            assertThat(value).isEqualTo(request.log().requestId());
        });
        return request.log().requestId();
    }

    private static CallContext context(FakeSource source) {
        return source.request().withId("id-1").context();
    }
}
