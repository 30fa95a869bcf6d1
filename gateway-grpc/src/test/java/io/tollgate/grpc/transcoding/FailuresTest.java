package io.tollgate.grpc.transcoding;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.HttpBody;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.DebugInfo;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Help;
import com.google.rpc.LocalizedMessage;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import io.tollgate.grpc.catalog.Author;
import java.net.http.HttpResponse;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sees of a service's errors. */
class FailuresTest {
    private static Front front;

    @BeforeAll
    static void open() {
        front = Front.open();
    }

    @AfterAll
    static void close() {
        front.close();
    }

    private static HttpResponse<String> fail(int code, String message, Message... details) {
        com.google.rpc.Status.Builder status =
                com.google.rpc.Status.newBuilder().setCode(code).setMessage(message);
        for (Message detail : details) {
            status.addDetails(Any.pack(detail));
        }
        ByteString bytes =
                details.length == 0 ? ByteString.EMPTY : status.build().toByteString();
        return front.json(
                "POST",
                "/v1/fail",
                "{\"code\":" + code + ",\"message\":\"" + message + "\",\"details\":\""
                        + Base64.getEncoder().encodeToString(bytes.toByteArray()) + "\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "1,504,REQUEST_TIMEOUT",
        "2,500,UNKNOWN_ERROR",
        "3,400,INVALID_ARGUMENT",
        "4,504,REQUEST_TIMEOUT",
        "5,404,RESOURCE_NOT_FOUND",
        "6,409,RESOURCE_ALREADY_EXISTS",
        "7,403,PERMISSION_DENIED",
        "8,429,RATE_LIMIT_EXCEEDED",
        "9,400,PRECONDITION_FAILED",
        "10,409,OPERATION_ABORTED",
        "11,400,OUT_OF_RANGE",
        "12,501,METHOD_NOT_IMPLEMENTED",
        "13,500,INTERNAL_SERVER_ERROR",
        "14,503,SERVICE_UNAVAILABLE",
        "15,500,DATA_LOSS",
        "16,401,UNAUTHENTICATED",
    })
    void mapsEveryStatus(int code, int status, String name) {
        HttpResponse<String> response = fail(code, "the text of the service");

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).contains("\"code\":\"" + name + "\"");
        assertThat(response.body().contains("the text of the service")).isEqualTo(status < 500);
        assertThat(response.headers().firstValue("WWW-Authenticate").isPresent())
                .isEqualTo(status == 401);
    }

    @Test
    void takesAReasonForTheCode() {
        assertThat(fail(
                                9,
                                "no",
                                ErrorInfo.newBuilder()
                                        .setReason("SHELF_FULL")
                                        .setDomain("x")
                                        .build())
                        .body())
                .isEqualTo("{\"error\":\"PRECONDITION_ERROR\",\"code\":\"SHELF_FULL\",\"message\":\"no\"}");
        assertThat(fail(9, "no", ErrorInfo.newBuilder().setReason("shelf full").build())
                        .body())
                .contains("\"code\":\"PRECONDITION_FAILED\"", "\"reason\":\"shelf full\"");
        assertThat(fail(
                                9,
                                "no",
                                ErrorInfo.newBuilder().setReason("A".repeat(64)).build())
                        .body())
                .contains("\"code\":\"PRECONDITION_FAILED\"");
    }

    @Test
    void passesViolationsTimeAndLocalizedMessageOn() {
        HttpResponse<String> response = fail(
                3,
                "in English",
                BadRequest.newBuilder()
                        .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                                .setField("book.page_count")
                                .setReason("TOO_MANY")
                                .setDescription("has too many"))
                        .build(),
                RetryInfo.newBuilder()
                        .setRetryDelay(Duration.newBuilder().setSeconds(7))
                        .build(),
                LocalizedMessage.newBuilder()
                        .setLocale("de")
                        .setMessage("auf Deutsch\r\n\t!")
                        .build());

        assertThat(response.body())
                .contains("{\"field\":\"book.pageCount\",\"code\":\"TOO_MANY\",\"message\":\"has too many\"}")
                .contains("\"message\":\"auf Deutsch")
                .doesNotContain("in English")
                .doesNotContain("info");
        assertThat(response.headers().firstValue("Retry-After")).contains("7");
    }

    @Test
    void showsFurtherDetailsOfKnownTypes() {
        HttpResponse<String> response = fail(
                5,
                "no",
                Help.newBuilder()
                        .addLinks(Help.Link.newBuilder()
                                .setUrl("https://example.com")
                                .setDescription("read this"))
                        .build(),
                ResourceInfo.newBuilder().setResourceName("shelves/1").build(),
                Author.newBuilder().setName("an author").build(),
                DebugInfo.newBuilder().setDetail("a stack trace").build());

        assertThat(response.body())
                .contains("\"info\":[{\"@type\":\"type.googleapis.com/google.rpc.Help\",\"links\":[{"
                        + "\"description\":\"read this\",\"url\":\"https://example.com\"}]},")
                .contains("{\"@type\":\"type.googleapis.com/google.rpc.ResourceInfo\",\"resourceName\":\"shelves/1\"}")
                .contains("{\"@type\":\"type.googleapis.com/catalog.v1.Author\",\"name\":\"an author\"}")
                .doesNotContain("DebugInfo")
                .doesNotContain("stack trace");
    }

    @Test
    void hidesStackTracesWhereverTheyAre() {
        Any trace = Any.pack(DebugInfo.newBuilder().setDetail("a stack trace").build());

        String body = fail(
                        5,
                        "no",
                        Any.pack(trace),
                        HttpBody.newBuilder().addExtensions(trace).build(),
                        HttpBody.newBuilder()
                                .addExtensions(Any.pack(HttpBody.newBuilder()
                                        .addExtensions(Any.pack(trace))
                                        .build()))
                                .build(),
                        Any.pack(Author.newBuilder().setName("an author").build()))
                .body();

        assertThat(body).contains("an author").doesNotContain("DebugInfo").doesNotContain("stack trace");
    }

    @Test
    void leavesDetailsOfUnknownTypesOut() {
        Any unknown = Any.newBuilder()
                .setTypeUrl("type.googleapis.com/no.Such")
                .setValue(ByteString.copyFromUtf8("secret"))
                .build();
        com.google.rpc.Status status = com.google.rpc.Status.newBuilder()
                .setCode(5)
                .addDetails(unknown)
                .addDetails(Any.pack(Author.newBuilder().setName("known").build()))
                .build();

        HttpResponse<String> response = front.json(
                "POST",
                "/v1/fail",
                "{\"code\":5,\"details\":\"" + Base64.getEncoder().encodeToString(status.toByteArray()) + "\"}");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("known").doesNotContain("no.Such");
    }

    @Test
    void survivesMalformedDetails() {
        HttpResponse<String> response =
                front.json("POST", "/v1/fail", "{\"code\":5,\"message\":\"no\",\"details\":\"/////w==\"}");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("\"message\":\"no\"").doesNotContain("details");
    }

    @Test
    void showsNothingOfAServerFaultButTheTimeToWait() {
        HttpResponse<String> response = fail(
                14,
                "db-7.internal is down",
                ErrorInfo.newBuilder().setReason("DB_DOWN").build(),
                LocalizedMessage.newBuilder().setMessage("db-7").build(),
                Author.newBuilder().setName("db-7").build(),
                RetryInfo.newBuilder()
                        .setRetryDelay(Duration.newBuilder().setSeconds(3))
                        .build());

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body())
                .contains("\"code\":\"SERVICE_UNAVAILABLE\"")
                .doesNotContain("db-7")
                .doesNotContain("DB_DOWN")
                .doesNotContain("details");
        assertThat(response.headers().firstValue("Retry-After")).contains("3");
    }

    /** An upstream takes 4 MiB. */
    @ParameterizedTest
    @ValueSource(strings = {"/v1/shelves/1/books?pageSize=250000", "/v1/books:watch?count=1&bytesEach=5242880"})
    void takesAMessageThatIsTooLargeForAFaultThatWaitingDoesNotMend(String target) {
        HttpResponse<String> response = front.get(target);

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body())
                .contains("\"code\":\"INTERNAL_SERVER_ERROR\"")
                .doesNotContain("4194304");
        assertThat(response.headers().firstValue("Retry-After")).isEmpty();
    }

    @Test
    void isUnavailableIfNobodyListens() {
        try (Front alone = Front.open()) {
            alone.catalog.close();

            HttpResponse<String> response = alone.get("/v1/editions/1");

            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body()).contains("SERVICE_UNAVAILABLE").doesNotContain("127.0.0.1");
        }
    }
}
