package io.tollgate.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tollgate.api.order.OrderError;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An error that crosses a process by Java serialization is the same error on the other side. */
class GatewayExceptionSerializationTest {
    private static GatewayException copy(GatewayException error) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(error);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (GatewayException) in.readObject();
        }
    }

    private static void assertSame(GatewayException error) throws IOException, ClassNotFoundException {
        GatewayException copy = copy(error);

        assertThat(copy.code()).isEqualTo(error.code());
        assertThat(copy.getMessage()).isEqualTo(error.getMessage());
        assertThat(copy.body()).isEqualTo(error.body());
        assertThat(copy.details()).isEqualTo(error.details());
        assertThat(copy.headers()).isEqualTo(error.headers());
        assertThat(copy.violations()).isEqualTo(error.violations());
        assertThat(copy.retryAfter()).isEqualTo(error.retryAfter());
        assertThat(copy.problem()).isEqualTo(error.problem());
        assertThat(copy.withHeader("A", "b").headers()).containsEntry("A", "b");
    }

    @Test
    void withEverythingThatAnErrorCanHave() throws Exception {
        assertSame(GatewayException.builder(CommonError.INVALID_REQUEST, "No.")
                .detail("nested", List.of(Map.of("a", List.of(1, 2.5, true)), "b"))
                .violations(List.of(new FieldViolation("email", "REQUIRED", "must be set")))
                .header("Allow", "GET")
                .retryAfter(Duration.ofMillis(1500))
                .problem(Problem.of("quota-exceeded", "Quota Exceeded").with("x", List.of(Map.of("y", 1))))
                .build());
    }

    @Test
    void withNothingButACode() throws Exception {
        assertSame(GatewayException.of(OrderError.SOLD_OUT, "Sold out."));
    }

    @Test
    void withTheSameConstant() throws Exception {
        assertThat(copy(GatewayException.of(OrderError.SOLD_OUT, "m")).code()).isSameAs(OrderError.SOLD_OUT);
    }

    @Test
    void withACodeThatIsKnownAtRunTimeOnly() throws Exception {
        assertSame(GatewayException.of(ErrorCode.of("BOOK_LENT", ErrorType.CONFLICT_ERROR, 409), "Lent."));
    }

    @Test
    void ofALimit() throws Exception {
        RateLimitCheck check = RateLimitCheck.of("daily", "user:1", RateLimit.perDay(10));

        assertSame(RateLimitDecision.rejected(check, Duration.ofSeconds(3), Instant.EPOCH)
                .toException());
    }

    @Test
    void withItsCauseAndStackTrace() throws Exception {
        GatewayException error = GatewayException.from(new IllegalStateException("disk full"));

        GatewayException copy = copy(error);

        assertThat(copy.getCause()).isInstanceOf(IllegalStateException.class).hasMessage("disk full");
        assertThat(copy.getStackTrace()).isEqualTo(error.getStackTrace()).isNotEmpty();
        assertThat(copy(GatewayException.of(OrderError.SOLD_OUT, "m")).getStackTrace())
                .isEmpty();
    }

    @Test
    void forWhichOnlyValuesOfJsonAreAccepted() {
        Object object = new Object();
        String message = "value: a java.lang.Object (expected: a string, number or boolean, or a list or map of these)";

        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        GatewayException.builder(OrderError.SOLD_OUT, "m").detail("a", List.of(Map.of("b", object))))
                .withMessage(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Problem.of("quota-exceeded", "Quota Exceeded").with("a", List.of(object)))
                .withMessage(message);
    }
}
