package io.tollgate.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.order.OrderError;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class GatewayExceptionTest {
    @Test
    void rendersTheErrorBodyOfTheContract() {
        GatewayException e = GatewayException.builder(CommonError.INVALID_REQUEST, "Two fields are wrong.")
                .violations(List.of(new FieldViolation("email", "INVALID_FORMAT", "must be an email address")))
                .build();

        assertThat(e.body())
                .containsExactly(
                        Map.entry("error", "VALIDATION_ERROR"),
                        Map.entry("code", "INVALID_REQUEST"),
                        Map.entry("message", "Two fields are wrong."),
                        Map.entry(
                                "details",
                                Map.of(
                                        "violations",
                                        List.of(Map.of(
                                                "field", "email",
                                                "code", "INVALID_FORMAT",
                                                "message", "must be an email address")))));
    }

    @Test
    void leavesOutDetailsWhenThereAreNone() {
        assertThat(GatewayException.of(OrderError.SOLD_OUT, "Sold out.").body()).doesNotContainKey("details");
    }

    @Test
    void roundsRetryAfterUpToWholeSecondsAndAtLeastOne() {
        assertThat(retryAfter(Duration.ZERO)).isEqualTo("1");
        assertThat(retryAfter(Duration.ofMillis(1))).isEqualTo("1");
        assertThat(retryAfter(Duration.ofSeconds(1))).isEqualTo("1");
        assertThat(retryAfter(Duration.ofMillis(1001))).isEqualTo("2");
    }

    @Test
    void findsItselfUnderTheWrappersOfFutures() {
        GatewayException e = GatewayException.of(OrderError.SOLD_OUT, "Sold out.");

        assertThat(GatewayException.from(new CompletionException(new ExecutionException(e))))
                .isSameAs(e);
    }

    @Test
    void turnsAnythingElseIntoAnInternalErrorThatTellsNothing() {
        IllegalStateException cause = new IllegalStateException("jdbc:secret@10.0.0.1");

        GatewayException e = GatewayException.from(new CompletionException(cause));

        assertThat(e.code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        assertThat(e.body().toString()).doesNotContain("secret");
        assertThat(e).hasCause(cause);
    }

    @Test
    void aCopyWithAHeaderKeepsEverythingElse() {
        IllegalStateException cause = new IllegalStateException();
        GatewayException e = GatewayException.builder(CommonError.INVALID_REQUEST, "No.")
                .detail("limit", 3)
                .violations(List.of(new FieldViolation("a", "B", "c")))
                .header("Allow", "GET")
                .retryAfter(Duration.ofSeconds(7))
                .cause(cause)
                .build();

        GatewayException copy = e.withHeader("X-More", "1");

        assertThat(copy.body()).isEqualTo(e.body());
        assertThat(copy.violations()).isEqualTo(e.violations());
        assertThat(copy.retryAfter()).contains(Duration.ofSeconds(7));
        assertThat(copy.headers())
                .containsOnly(Map.entry("X-More", "1"), Map.entry("Allow", "GET"), Map.entry("Retry-After", "7"));
        assertThat(copy).hasCause(cause);
    }

    @Test
    void onlyFaultsOfOursCarryAStackTrace() {
        assertThat(GatewayException.of(OrderError.SOLD_OUT, "Sold out.").getStackTrace())
                .isEmpty();
        assertThat(GatewayException.of(CommonError.DATA_LOSS, "Lost.").getStackTrace())
                .isNotEmpty();
    }

    @Test
    void namesItsCodeWhenPrinted() {
        assertThat(GatewayException.of(OrderError.SOLD_OUT, "No tickets left."))
                .hasToString("io.tollgate.api.GatewayException: SOLD_OUT: No tickets left.");
    }

    private static String retryAfter(Duration wait) {
        return GatewayException.builder(CommonError.OVERLOADED, "Busy.")
                .retryAfter(wait)
                .build()
                .headers()
                .get("Retry-After");
    }
}
