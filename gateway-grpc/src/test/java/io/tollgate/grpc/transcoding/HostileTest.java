package io.tollgate.grpc.transcoding;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.grpc.catalog.EchoRequest;
import io.tollgate.testkit.TestRequest;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of an attacker, also those that servers usually reject before. */
class HostileTest {
    private static Front front;

    @BeforeAll
    static void open() {
        front = Front.open(builder -> builder.identity("user_id", "principal.user_id"));
    }

    @AfterAll
    static void close() {
        front.close();
    }

    @BeforeEach
    void forget() {
        front.catalog.requests.clear();
    }

    private static GatewayException failure(TestRequest request) {
        try {
            throw new AssertionError(request.sendToRoute(front.transcoder) + " for " + request);
        } catch (GatewayException e) {
            assertThat(front.catalog.requests).isEmpty();
            return e;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/editions/%",
                "/v1/editions/%2",
                "/v1/editions/%zz",
                "/v1/editions/%u0041",
                "/v1/editions/a%",
                "/v1/editions/%ff",
                "/v1/editions/%c0%ae%c0%ae",
                "/v1/editions/%ed%a0%80",
                "/v1/editions/%f4%90%80%80",
                "/v1/editions/\u012f",
                "/v1/echo/many/a/%c3/%bc",
                "/v1/echo/many/%2/f",
                "/v1/echo?text=%",
                "/v1/echo?text=%2",
                "/v1/echo?%zz=1",
                "/v1/echo?text=%ff",
                "/v1/echo?text=\u012f",
            })
    void rejectsWhatIsNoEncodedUtf8(String target) {
        assertThat(failure(TestRequest.get(target)).code()).isEqualTo(CommonError.INVALID_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "v1/echo",
                "//v1/echo",
                "/v1//echo",
                "/v1/echo/",
                "/v1/./echo",
                "/v1/x/../echo",
                "/v1/%65cho",
                "/V1/echo",
                "/v1/echo;x=y",
                "/v1/echo%3f",
                "/v1/echo%00",
                "/v1\\echo",
                "/v1/echo#x",
                "http://example.com/v1/echo",
            })
    void findsNothingAtOtherSpellings(String path) {
        assertThat(failure(TestRequest.get(path)).code()).isEqualTo(CommonError.ROUTE_NOT_FOUND);
    }

    @Test
    void keepsAnEncodedSlashOutOfTheTemplate() {
        send(TestRequest.get("/v1/echo/one/..%2f..%2fadmin/x/..%2F..%2Fadmin"));

        EchoRequest request = (EchoRequest) front.catalog.only();
        assertThat(request.getText()).as("decoded, as the value of one segment").isEqualTo("../../admin");
        assertThat(request.getA()).as("not decoded, as part of several").isEqualTo("x/..%2F..%2Fadmin");
    }

    @Test
    void readsTenThousandParameters() {
        String query = IntStream.range(0, 10_000).mapToObj(i -> "tags=" + i).collect(Collectors.joining("&"));

        send(TestRequest.get("/v1/echo?" + query));

        assertThat(((EchoRequest) front.catalog.only()).getTagsCount()).isEqualTo(10_000);
    }

    @Test
    void reportsFiftyOfTenThousandFaults() {
        String query =
                IntStream.range(0, 10_000).mapToObj(i -> "no" + i + "=" + i).collect(Collectors.joining("&"));

        GatewayException error = failure(TestRequest.get("/v1/echo?" + query));

        assertThat(error.code()).isEqualTo(CommonError.INVALID_ARGUMENT);
        assertThat(error.violations()).hasSize(50);
        assertThat(failure(TestRequest.get("/v1/echo?" + "number=x&".repeat(10_000)))
                        .violations())
                .hasSizeBetween(1, 50);
    }

    @Test
    void doesNotRepeatALongNameInFull() {
        GatewayException error = failure(TestRequest.get("/v1/echo?" + "x".repeat(100_000) + "=1"));

        assertThat(error.violations())
                .singleElement()
                .satisfies(violation -> assertThat(violation.field()).hasSizeLessThan(200));
    }

    @Test
    void limitsTheDepthOfAName() {
        send(TestRequest.get("/v1/echo?" + "child.".repeat(90) + "text=x"));
        assertThat(front.catalog.requests).hasSize(1);

        front.catalog.requests.clear();
        for (int depth : new int[] {100, 1_000, 50_000}) {
            assertThat(failure(TestRequest.get("/v1/echo?" + "child.".repeat(depth) + "text=x"))
                            .code())
                    .isEqualTo(CommonError.INVALID_ARGUMENT);
        }
        assertThat(failure(TestRequest.get("/v1/echo?" + ".".repeat(50_000) + "=x"))
                        .code())
                .isEqualTo(CommonError.INVALID_ARGUMENT);
    }

    @Test
    void survivesALongPath() {
        assertThat(failure(TestRequest.get("/v1" + "/a".repeat(100_000))).code())
                .isEqualTo(CommonError.ROUTE_NOT_FOUND);
        send(TestRequest.get("/v1/echo/many" + "/a".repeat(100_000)));
        assertThat(((EchoRequest) front.catalog.only()).getText()).hasSize(199_999);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00ef\u00bb\u00bf{}",
                "{\"text\":\"a\"}{\"text\":\"b\"}",
                "{\"text\":\"a\",}",
                "{\"text\":\"\u00ff\"}",
                "{\"text\":\"\\ud800\"}",
                "{\"text\":\"a\",\"text\":\"b\"}",
                "{\"userName\":1}",
                "{\"a\":\"x\",\"b\":1}",
                "{\"number\":2147483648}",
                "{\"labels\":{\"a\":1,\"a\":2}}",
                "{\"tags\":[null]}",
                "{\"userId\":\"evil\",\"userId\":}",
            })
    void rejectsBodiesThatMayBeReadInTwoWays(String body) {
        GatewayException error = failure(TestRequest.post("/v1/echo")
                .withHeader("Content-Type", "application/json")
                .withBody(body.getBytes(ISO_8859_1)));

        assertThat(error.code()).isIn(CommonError.INVALID_JSON, CommonError.INVALID_ARGUMENT);
    }

    @Test
    void limitsTheDepthOfABody() {
        send(TestRequest.post("/v1/echo").withJson("{\"child\":".repeat(90) + "{}" + "}".repeat(90)));

        front.catalog.requests.clear();
        for (String open : new String[] {"{\"child\":", "{\"struct\":{\"a\":[", "["}) {
            GatewayException error = failure(TestRequest.post("/v1/echo").withJson(open.repeat(20_000)));
            assertThat(error.code().httpStatus()).as(open).isEqualTo(400);
        }
    }

    /** Identity that stands before, behind or around what the gateway sets. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/echo?user_id=evil",
                "/v1/echo?userId=evil",
                "/v1/echo?user%5Fid=evil",
                "/v1/echo?user_id=evil&userId=evil&user_id=",
            })
    void discardsIdentityOfTheQuery(String target) {
        send(TestRequest.get(target));

        assertThat(((EchoRequest) front.catalog.only()).getUserId()).isEmpty();
    }

    private static HttpResponse send(TestRequest request) {
        HttpResponse response = request.sendToRoute(front.transcoder);
        assertThat(response.status()).as(new String(response.bytes(), UTF_8)).isEqualTo(200);
        return response;
    }
}
