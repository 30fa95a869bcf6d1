package io.tollgate.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.ErrorType;
import io.tollgate.api.FieldViolation;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Problem;
import io.tollgate.api.order.OrderError;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.grpc.order.OrderServiceGrpc;
import io.tollgate.grpc.order.PurchaseRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors that a service sends and its caller receives, over a real connection. */
class GrpcErrorsTest {
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private static final TestServer server = new TestServer();
    private static final Upstream upstream = server.upstream().withoutBreaker().build();

    @AfterAll
    static void stop() {
        upstream.close();
        server.close();
    }

    static Stream<ErrorCode> codes() {
        return Stream.concat(Stream.of(CommonError.values()), Stream.of(OrderError.values()));
    }

    @ParameterizedTest
    @MethodSource("codes")
    void arriveAsTheyWereSent(ErrorCode code) {
        List<FieldViolation> violations = List.of(new FieldViolation("seat.rowNumber", "TOO_HIGH", "at most 40"));
        GatewayException sent = GatewayException.builder(code, "for the client")
                .violations(violations)
                .retryAfter(Duration.ofMillis(2_500))
                .cause(new IllegalStateException("shard 7"))
                .build();

        GatewayException arrived = GrpcErrors.from(over(sent));

        assertThat(arrived.code()).isEqualTo(code);
        assertThat(arrived.retryAfter()).contains(Duration.ofMillis(2_500));
        if (code.isServerFault()) {
            assertThat(arrived.getMessage()).endsWith(".").isNotEqualTo("for the client");
            assertThat(arrived.violations()).isEmpty();
        } else {
            assertThat(arrived).hasMessage("for the client");
            assertThat(arrived.violations()).isEqualTo(violations);
        }
    }

    @Test
    void keepACodeOfTheServicesOwn() {
        ErrorCode lent = ErrorCode.of("BOOK_LENT", ErrorType.CONFLICT_ERROR, 409);

        GatewayException arrived = GrpcErrors.from(over(GatewayException.of(lent, "Lent until Friday.")));

        assertThat(arrived.code()).isEqualTo(lent);
        assertThat(arrived).hasMessage("Lent until Friday.");
    }

    @Test
    void takeTheHttpStatusOfTheTableForACodeThatIsNotOurs() {
        ErrorCode unprocessable = ErrorCode.of("TOO_LATE", ErrorType.VALIDATION_ERROR, 422);

        assertThat(GrpcErrors.from(over(GatewayException.of(unprocessable, "no")))
                        .code())
                .isEqualTo(ErrorCode.of("TOO_LATE", ErrorType.VALIDATION_ERROR, 400));
    }

    @Test
    void hideTheCodeOfAServerFaultThatIsNotOurs() {
        ErrorCode shard = ErrorCode.of("SHARD_7_IS_DOWN", ErrorType.SERVICE_ERROR, 503);

        GatewayException arrived = GrpcErrors.from(over(GatewayException.of(shard, "shard 7 is down")));

        assertThat(arrived.code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        assertThat(arrived).hasMessage("The service is not available at the moment; try again later.");
    }

    @ParameterizedTest
    @CsvSource({
        "tollgate.io, NOT_FOUND, SOLD_OUT, RESOURCE_NOT_FOUND",
        "tollgate.io, INTERNAL, QUEUE_FULL, INTERNAL_SERVER_ERROR",
        "tollgate.io, ABORTED, not a name, OPERATION_ABORTED",
        "tollgate.io, ABORTED, SOLD_OUT, SOLD_OUT",
        "example.org, ABORTED, SOLD_OUT, OPERATION_ABORTED",
    })
    void believeAReasonOnlyWhereItAgreesWithTheStatus(
            String domain, Status.Code status, String reason, String expected) {
        StatusRuntimeException sent = StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(status.value())
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(reason)
                        .setDomain(domain)
                        .build()))
                .build());

        assertThat(GrpcErrors.from(over(sent)).code().name()).isEqualTo(expected);
    }

    @Test
    void carryTheDetailsThatOtherLanguagesKnow() throws Exception {
        com.google.rpc.Status status =
                StatusProto.fromThrowable(over(GatewayException.builder(CommonError.RATE_LIMIT_EXCEEDED, "Slow down.")
                        .violations(List.of(new FieldViolation("page", "TOO_MANY", "at most 10")))
                        .retryAfter(Duration.ofSeconds(90, 1))
                        .build()));

        assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED.value());
        assertThat(status.getMessage()).isEqualTo("Slow down.");
        assertThat(status.getDetails(0).unpack(ErrorInfo.class))
                .isEqualTo(ErrorInfo.newBuilder()
                        .setReason("RATE_LIMIT_EXCEEDED")
                        .setDomain("tollgate.io")
                        .build());
        assertThat(status.getDetails(1)
                        .unpack(BadRequest.class)
                        .getFieldViolations(0)
                        .getField())
                .isEqualTo("page");
        assertThat(status.getDetails(2).unpack(RetryInfo.class).getRetryDelay().getSeconds())
                .isEqualTo(90);
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0", "PT0.0000001S, 1", "PT1.5S, 1500", "PT240H, 86400000", "PT-1S, 0"})
    void askTheClientLibraryToWaitToo(Duration wait, String millis) {
        StatusRuntimeException arrived = over(GatewayException.builder(CommonError.SERVICE_UNAVAILABLE, "later")
                .retryAfter(wait)
                .build());

        assertThat(arrived.getTrailers().get(PUSHBACK)).isEqualTo(millis);
    }

    @Test
    void askNobodyToWaitWhereTheErrorDoesNot() {
        assertThat(over(GatewayException.of(CommonError.SERVICE_UNAVAILABLE, "later"))
                        .getTrailers()
                        .containsKey(PUSHBACK))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"250, PT0.25S", "0, PT0S", "2147483647, P1D", "-1,", "soon,", "99999999999,"})
    void readTheTimeToWaitFromTheTrailerOfRetries(String millis, Duration expected) {
        Metadata trailers = new Metadata();
        trailers.put(PUSHBACK, millis);

        assertThat(GrpcErrors.from(over(Status.UNAVAILABLE.asRuntimeException(trailers)))
                        .retryAfter())
                .isEqualTo(Optional.ofNullable(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "y, 1, 100",
        "y, 1000, 3",
        "%, 30, 90",
        "\u00e9, 30, 60",
        "\u7968, 1, 100",
        "\u7968, 30, 60",
        "\u7968, 1000, 2"
    })
    void fitIntoTheTrailersThatAClientAccepts(String character, int length, int atLeast) {
        List<FieldViolation> many = Collections.nCopies(100, new FieldViolation("field", "R", "x".repeat(length)));
        ErrorCode code = ErrorCode.of("C".repeat(63), ErrorType.VALIDATION_ERROR, 400);

        GatewayException arrived = GrpcErrors.from(over(GatewayException.builder(code, character.repeat(10_000))
                .violations(many)
                .retryAfter(Duration.ofDays(1).minusNanos(1))
                .build()));

        assertThat(arrived.code()).isEqualTo(code);
        assertThat(arrived.violations()).hasSizeGreaterThanOrEqualTo(atLeast);
        assertThat(arrived).hasMessage(character.repeat(256));
    }

    @Test
    void areTheSameWhereTheyNeverTravelled() {
        GatewayException error = GatewayException.of(OrderError.SOLD_OUT, "gone");

        assertThat(GrpcErrors.from(GrpcErrors.toStatusRuntimeException(error))).isSameAs(error);
        assertThat(GrpcErrors.from(error)).isSameAs(error);
    }

    @Test
    void areFoundInsideTheExceptionsOfFutures() {
        StatusRuntimeException notFound =
                Status.NOT_FOUND.withDescription("no such book").asRuntimeException();

        assertThat(GrpcErrors.from(new CompletionException(new ExecutionException(notFound))))
                .hasMessage("no such book")
                .hasCause(notFound);
        assertThat(GrpcErrors.from(Status.NOT_FOUND.asException()).code()).isEqualTo(CommonError.RESOURCE_NOT_FOUND);
        assertThat(GrpcErrors.from(new IllegalStateException("x")).code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "INVALID_ARGUMENT"})
    void showNoTextOfAStatusThatWasMadeOnThisSide(Status.Code code) {
        Status made = Status.fromCode(code).withDescription("10.0.0.7").withCause(new IllegalStateException());

        assertThat(GrpcErrors.from(made, null).getMessage()).endsWith(".").doesNotContain("10.0.0.7");
    }

    @Test
    void nameTheRateLimitPoliciesThatRejectTheRequest() throws Exception {
        RateLimitCheck check = RateLimitCheck.of("daily", "user:42", RateLimit.perDay(100));
        GatewayException rejection = RateLimitDecision.rejected(check, Duration.ofHours(1), Instant.EPOCH)
                .toException();

        com.google.rpc.Status status = StatusProto.fromThrowable(over(rejection));

        QuotaFailure quotas = status.getDetails(1).unpack(QuotaFailure.class);
        assertThat(quotas.getViolationsList()).singleElement().satisfies(violation -> {
            assertThat(violation.getSubject()).isEqualTo("policy:daily");
            assertThat(violation.getDescription()).isEqualTo("Quota Exceeded");
        });
        assertThat(status.toString()).as("the bucket key stays here").doesNotContain("user:42");
    }

    @Test
    void nameNoPoliciesForOtherProblems() throws Exception {
        GatewayException busy = GatewayException.builder(CommonError.OVERLOADED, "busy")
                .problem(Problem.of("temporary-reduced-capacity", "Temporary Reduced Capacity"))
                .build();

        assertThat(StatusProto.fromThrowable(over(busy)).getDetailsList())
                .singleElement()
                .matches(detail -> detail.is(ErrorInfo.class));
    }

    @ParameterizedTest
    @MethodSource("codes")
    void haveACodeForTheServerToo(ErrorCode code) {
        StatusRuntimeException status = GrpcErrors.toStatusRuntimeException(GatewayException.of(code, "x"));

        assertThat(GrpcErrors.code(status.getStatus(), status.getTrailers())).isEqualTo(code);
        assertThat(GrpcErrors.code(status.getStatus().withCause(null), status.getTrailers()))
                .as("from the details")
                .isEqualTo(code);
    }

    @Test
    void haveTheUsualCodeWithoutDetails() {
        Status failed = Status.UNAVAILABLE.withCause(new IOException("closed"));

        assertThat(GrpcErrors.code(failed, new Metadata())).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        assertThatIllegalArgumentException().isThrownBy(() -> GrpcErrors.code(Status.OK, new Metadata()));
    }

    @Test
    void areNotMadeOfSuccess() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GrpcErrors.from(Status.OK, new Metadata()))
                .withMessage("status: OK (expected: a failure)");
    }

    /** Returns the exception that a stub throws when the service fails with {@code error}. */
    private static StatusRuntimeException over(GatewayException error) {
        return over(GrpcErrors.toStatusRuntimeException(error));
    }

    private static synchronized StatusRuntimeException over(StatusRuntimeException error) {
        server.purchase = (request, observer) -> observer.onError(error);
        return catchThrowableOfType(
                StatusRuntimeException.class,
                () -> OrderServiceGrpc.newBlockingStub(upstream.channel())
                        .purchaseTicket(PurchaseRequest.getDefaultInstance()));
    }
}
