package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.FieldViolation;
import io.tollgate.api.GatewayException;
import io.tollgate.api.order.OrderError;
import io.tollgate.api.order.TicketPurchase;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusMappingTest {
    private static final TestServer server = new TestServer();
    private static final Upstream upstream = server.upstream().withoutBreaker().build();
    private static final GrpcOrderGateway orders = new GrpcOrderGateway(upstream);

    @AfterAll
    static void stop() {
        upstream.close();
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_ARGUMENT, INVALID_ARGUMENT, 400, true",
        "NOT_FOUND, RESOURCE_NOT_FOUND, 404, true",
        "ALREADY_EXISTS, RESOURCE_ALREADY_EXISTS, 409, true",
        "PERMISSION_DENIED, PERMISSION_DENIED, 403, true",
        "UNAUTHENTICATED, UNAUTHENTICATED, 401, true",
        "RESOURCE_EXHAUSTED, RATE_LIMIT_EXCEEDED, 429, true",
        "FAILED_PRECONDITION, PRECONDITION_FAILED, 400, true",
        "ABORTED, OPERATION_ABORTED, 409, true",
        "OUT_OF_RANGE, OUT_OF_RANGE, 400, true",
        "UNIMPLEMENTED, METHOD_NOT_IMPLEMENTED, 501, false",
        "INTERNAL, INTERNAL_SERVER_ERROR, 500, false",
        "UNAVAILABLE, SERVICE_UNAVAILABLE, 503, false",
        "DATA_LOSS, DATA_LOSS, 500, false",
        "DEADLINE_EXCEEDED, REQUEST_TIMEOUT, 504, false",
        "CANCELLED, REQUEST_TIMEOUT, 504, false",
        "UNKNOWN, UNKNOWN_ERROR, 500, false",
    })
    void mapsAStatusAndShowsTheServicesWordsOnlyFor4xx(Status.Code status, CommonError code, int http, boolean shown)
            throws Exception {
        GatewayException error = errorFor(Status.fromCode(status).withDescription("their words"));

        assertThat(error.code()).isEqualTo(code);
        assertThat(error.code().httpStatus()).isEqualTo(http);
        if (shown) {
            assertThat(error.getMessage()).isEqualTo("their words");
        } else {
            assertThat(error.getMessage()).isNotBlank().doesNotContain("their words");
        }
        assertThat(error.getCause())
                .hasMessage("test-service PurchaseTicket: " + status + ": their words")
                .satisfies(cause ->
                        assertThat(Status.fromThrowable(cause).getCode()).isEqualTo(status));
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"OK"})
    void hasASentenceForAStatusWithoutWords(Status.Code status) throws Exception {
        assertThat(errorFor(Status.fromCode(status)).getMessage()).endsWith(".");
        assertThat(errorFor(Status.fromCode(status).withDescription("\u0000 \n"))
                        .getMessage())
                .endsWith(".");
    }

    @Test
    void showsTheServicesWordsAsOnePrintableLine() throws Exception {
        String words = "line one\r\nline\ttwo\u0000 \u202Eesrever " + "x".repeat(400);

        String message = errorFor(Status.NOT_FOUND.withDescription(words)).getMessage();

        assertThat(message).hasSize(256).startsWith("line one line two esrever xxx");
    }

    @Test
    void asksFor401sABearerToken() throws Exception {
        assertThat(errorFor(Status.UNAUTHENTICATED).headers()).containsEntry("WWW-Authenticate", "Bearer");
        assertThat(errorFor(Status.PERMISSION_DENIED).headers()).isEmpty();
    }

    @Test
    void asksToWaitASecondWhereTheServiceDoesNotSayHowLong() throws Exception {
        assertThat(errorFor(Status.RESOURCE_EXHAUSTED).headers()).containsEntry("Retry-After", "1");
    }

    @Test
    void passesFieldViolationsOn() throws Exception {
        GatewayException error = errorFor(
                Status.Code.INVALID_ARGUMENT,
                BadRequest.newBuilder()
                        .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                                .setField("event_id")
                                .setReason("TOO_OLD")
                                .setDescription("is\nover"))
                        .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                                .setField("seat.row_number")
                                .setDescription("is taken"))
                        .addFieldViolations(
                                BadRequest.FieldViolation.newBuilder().setField("user"))
                        .build());

        assertThat(error.violations())
                .containsExactly(
                        new FieldViolation("eventId", "TOO_OLD", "is over"),
                        new FieldViolation("seat.rowNumber", "INVALID", "is taken"),
                        new FieldViolation("user", "INVALID", "is not valid"));
        assertThat(error.details()).containsKey("violations");
    }

    @Test
    void passesAHundredFieldViolationsOnAtMost() throws Exception {
        BadRequest.Builder many = BadRequest.newBuilder();
        for (int i = 0; i < 150; i++) {
            many.addFieldViolations(BadRequest.FieldViolation.newBuilder().setField("f" + i));
        }

        assertThat(errorFor(Status.Code.INVALID_ARGUMENT, many.build()).violations())
                .hasSize(100);
    }

    @Test
    void keepsFieldViolationsOfAServerFaultToItself() throws Exception {
        GatewayException error = errorFor(
                Status.Code.INTERNAL,
                BadRequest.newBuilder()
                        .addFieldViolations(
                                BadRequest.FieldViolation.newBuilder().setField("shard"))
                        .build());

        assertThat(error.details()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "7, 0, PT7S",
        "0, 1, PT0.000000001S",
        "86400, 0, P1D",
        "86399, 2147483647, P1D",
        "9223372036854775807, 2147483647, P1D",
        "9223372036854775807, 999999999, P1D"
    })
    void passesTheTimeToWaitOn(long seconds, int nanos, Duration expected) throws Exception {
        RetryInfo info = RetryInfo.newBuilder()
                .setRetryDelay(com.google.protobuf.Duration.newBuilder()
                        .setSeconds(seconds)
                        .setNanos(nanos))
                .build();

        assertThat(errorFor(Status.Code.UNAVAILABLE, info).retryAfter()).contains(expected);
        assertThat(errorFor(Status.Code.RESOURCE_EXHAUSTED, info).retryAfter()).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, -1", "-9223372036854775808, -1"})
    void ignoresATimeToWaitInThePast(long seconds, int nanos) throws Exception {
        RetryInfo info = RetryInfo.newBuilder()
                .setRetryDelay(com.google.protobuf.Duration.newBuilder()
                        .setSeconds(seconds)
                        .setNanos(nanos))
                .build();

        assertThat(errorFor(Status.Code.UNAVAILABLE, info).retryAfter()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ABORTED", "ALREADY_EXISTS", "FAILED_PRECONDITION"})
    void recognisesAnIdempotencyKeyThatWasUsedForAnotherEvent(Status.Code status) throws Exception {
        GatewayException error = errorFor(
                status,
                ErrorInfo.newBuilder()
                        .setReason("IDEMPOTENCY_KEY_REUSED")
                        .setDomain("tollgate.io")
                        .build());

        assertThat(error.code()).isEqualTo(OrderError.IDEMPOTENCY_KEY_REUSED);
        assertThat(error.getMessage()).isEqualTo("their words");
    }

    @Test
    void keepsTheStatusWhereTheReasonIsAnother() throws Exception {
        ErrorInfo other = ErrorInfo.newBuilder().setReason("LOCKED").build();
        ErrorInfo reused =
                ErrorInfo.newBuilder().setReason("IDEMPOTENCY_KEY_REUSED").build();

        assertThat(errorFor(Status.Code.ABORTED, other).code()).isEqualTo(CommonError.OPERATION_ABORTED);
        assertThat(errorFor(Status.Code.INTERNAL, reused).code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void survivesDetailsThatAreGarbage(boolean inside) throws Exception {
        Metadata trailers = new Metadata();
        byte[] garbage = {(byte) 0xFF, (byte) 0xFF, 1, 2, 3};
        byte[] details = inside
                ? com.google.rpc.Status.newBuilder()
                        .addDetails(Any.newBuilder()
                                .setTypeUrl("type.googleapis.com/google.rpc.BadRequest")
                                .setValue(ByteString.copyFrom(garbage)))
                        .build()
                        .toByteArray()
                : garbage;
        trailers.put(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER), details);
        server.purchase = (request, observer) -> observer.onError(
                Status.INVALID_ARGUMENT.withDescription("their words").asRuntimeException(trailers));

        GatewayException error = errorOf(orders.purchase(wish(), CallContext.create()));

        assertThat(error.code()).isEqualTo(CommonError.INVALID_ARGUMENT);
        assertThat(error.getMessage()).isEqualTo("their words");
        assertThat(error.violations()).isEmpty();
    }

    private static TicketPurchase wish() {
        return new TicketPurchase("concert", "u-1", "key-1");
    }

    private static GatewayException errorFor(Status status) throws Exception {
        server.purchase = TestServer.failing(status);
        return errorOf(orders.purchase(wish(), CallContext.create()));
    }

    private static GatewayException errorFor(Status.Code code, Message detail) throws Exception {
        com.google.rpc.Status status = com.google.rpc.Status.newBuilder()
                .setCode(code.value())
                .setMessage("their words")
                .addDetails(Any.pack(detail))
                .build();
        server.purchase = (request, observer) -> observer.onError(StatusProto.toStatusRuntimeException(status));
        return errorOf(orders.purchase(wish(), CallContext.create()));
    }
}
