package io.tollgate.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.math.BigDecimal;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors as bytes: the envelope of the contract, and problem details (RFC 9457). */
class ErrorRendererTest {
    private static TestHead head() {
        return new TestHead(InetAddress.getLoopbackAddress());
    }

    private static HttpResponse envelope(GatewayException error) {
        return ErrorRenderer.envelope().render(error, head(), "id");
    }

    private static HttpResponse problem(GatewayException error) {
        return ErrorRenderer.problem().render(error, head(), "id");
    }

    private static String text(HttpResponse response) {
        return new String(response.bytes(), UTF_8);
    }

    private static String message(String message) {
        return text(envelope(GatewayException.of(OrderError.SOLD_OUT, message)))
                .replaceFirst("(?s)\\{\"error\":\"CONFLICT_ERROR\",\"code\":\"SOLD_OUT\",\"message\":(.*)}", "$1");
    }

    // The envelope

    @Test
    void theEnvelopeIsThatOfTheContract() {
        HttpResponse response = envelope(GatewayException.builder(CommonError.INVALID_REQUEST, "Two fields are wrong.")
                .detail("limit", 3)
                .violations(List.of(new FieldViolation("email", "INVALID_FORMAT", "must be an email address")))
                .build());

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.header("Content-Type")).contains("application/json");
        assertThat(text(response))
                .isEqualTo("{\"error\":\"VALIDATION_ERROR\",\"code\":\"INVALID_REQUEST\","
                        + "\"message\":\"Two fields are wrong.\",\"details\":{\"limit\":3,\"violations\":[{\"field\":\"email\","
                        + "\"code\":\"INVALID_FORMAT\",\"message\":\"must be an email address\"}]}}");
    }

    @Test
    void theEnvelopeHasNoDetailsWhereThereAreNone() {
        assertThat(text(envelope(GatewayException.of(OrderError.SOLD_OUT, "Sold out."))))
                .isEqualTo("{\"error\":\"CONFLICT_ERROR\",\"code\":\"SOLD_OUT\",\"message\":\"Sold out.\"}");
    }

    @Test
    void theResponseHasTheHeadersOfTheError() {
        HttpResponse response = envelope(GatewayException.builder(CommonError.OVERLOADED, "Busy.")
                .header("Allow", "GET")
                .retryAfter(Duration.ofSeconds(3))
                .build());

        assertThat(response.header("Allow")).contains("GET");
        assertThat(response.header("Retry-After")).contains("3");
        assertThat(response.header("Vary")).isEmpty();
    }

    @Test
    void everyKindOfValueIsWritten() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("string", "s");
        values.put("int", -1);
        values.put("long", Long.MAX_VALUE);
        values.put("double", 1.67);
        values.put("tiny", 1e-7);
        values.put("decimal", new BigDecimal("1E+3"));
        values.put("nan", Double.NaN);
        values.put("infinite", Float.NEGATIVE_INFINITY);
        values.put("true", true);
        values.put("empty list", List.of());
        values.put("empty map", Map.of());
        values.put("nested", List.of(Map.of("a", List.of(1, false))));

        String body = text(envelope(GatewayException.builder(OrderError.SOLD_OUT, "m")
                .detail("values", values)
                .build()));

        assertThat(body)
                .endsWith("\"details\":{\"values\":{\"string\":\"s\",\"int\":-1,\"long\":9223372036854775807,"
                        + "\"double\":1.67,\"tiny\":1.0E-7,\"decimal\":1E+3,\"nan\":\"NaN\",\"infinite\":\"-Infinity\","
                        + "\"true\":true,\"empty list\":[],\"empty map\":{},\"nested\":[{\"a\":[1,false]}]}}}");
        TinyJson.parse(body);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            say "no",                 "say \\"no\\""
            back\\slash,              "back\\\\slash"
            a/b,                      "a/b"
            </script>,                "</script>"
            Köln €,                   "Köln €"
            """)
    void textIsEscapedWhereItMustBe(String message, String written) {
        assertThat(message(message)).isEqualTo(written);
    }

    @Test
    void controlCharactersAndHalfSurrogatesAreEscaped() {
        assertThat(message("\n\r\t")).isEqualTo("\"\\n\\r\\t\"");
        assertThat(message("\0\b\f\u001f")).isEqualTo("\"\\u0000\\u0008\\u000c\\u001f\"");
        assertThat(message("\u007f\u2028")).isEqualTo("\"\u007f\u2028\"");
        assertThat(message("\ud83c\udfab")).isEqualTo("\"\ud83c\udfab\"");
        assertThat(message("\ud800")).isEqualTo("\"\\ud800\"");
        assertThat(message("\udfff x")).isEqualTo("\"\\udfff x\"");
        assertThat(message("\ud83c\ud83c\udfab\udfab")).isEqualTo("\"\\ud83c\ud83c\udfab\\udfab\"");
    }

    @Test
    void whateverAnErrorSaysIsReadBackUnchanged() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            GatewayException error = GatewayException.builder(CommonError.INVALID_REQUEST, text(random))
                    .detail(text(random), text(random))
                    .detail("list", List.of(text(random), Map.of(text(random), text(random))))
                    .violations(List.of(new FieldViolation(text(random), text(random), text(random))))
                    .build();

            assertThat(TinyJson.parse(text(envelope(error))))
                    .as("seed %d", seed)
                    .isEqualTo(error.body());
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(12);
        for (int i = 0; i < length; i++) {
            text.append((char)
                    switch (random.nextInt(4)) {
                        case 0 -> random.nextInt(0x80);
                        case 1 -> 0xd800 + random.nextInt(0x800);
                        case 2 -> "\"\\/".charAt(random.nextInt(3));
                        default -> random.nextInt(0x10000);
                    });
        }
        return text.toString();
    }

    // Problems

    @Test
    void aProblemIsAboutBlankWithTheReasonPhrase() {
        HttpResponse response = problem(GatewayException.builder(CommonError.INVALID_REQUEST, "One field is wrong.")
                .violations(List.of(new FieldViolation("email", "REQUIRED", "must be set")))
                .build());

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.header("Content-Type")).contains("application/problem+json");
        assertThat(text(response))
                .isEqualTo(
                        "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,"
                                + "\"detail\":\"One field is wrong.\",\"instance\":\"urn:request:id\",\"code\":\"INVALID_REQUEST\","
                                + "\"details\":{\"violations\":[{\"field\":\"email\",\"code\":\"REQUIRED\",\"message\":\"must be set\"}]}}");
    }

    @Test
    void aPolicysRejectionIsAnExceededQuotaThatNamesThePolicy() {
        GatewayException error = rejection(check("daily"));

        assertThat(text(problem(error)))
                .startsWith("{\"type\":\"https://iana.org/assignments/http-problem-types#quota-exceeded\","
                        + "\"title\":\"Quota Exceeded\",\"status\":429,")
                .contains("\"violated-policies\":[\"daily\"]", "\"code\":\"RATE_LIMIT_EXCEEDED\"", "\"capacity\":60");
        assertThat(problem(error).header("Retry-After")).contains("30");
    }

    @Test
    void aProtectionsRejectionIsAbnormalUsage() {
        assertThat(text(problem(rejection(check("logins").reservedFor(Set.of(CommonError.UNAUTHENTICATED))))))
                .startsWith("{\"type\":\"https://iana.org/assignments/http-problem-types#abnormal-usage-detected\","
                        + "\"title\":\"Abnormal Usage Detected\",\"status\":429,")
                .contains("\"violated-policies\":[\"logins\"]");
    }

    @Test
    void overloadIsReducedCapacity() {
        assertThat(text(problem(GatewayException.of(CommonError.OVERLOADED, "Busy."))))
                .startsWith("{\"type\":\"https://iana.org/assignments/http-problem-types#temporary-reduced-capacity\","
                        + "\"title\":\"Temporary Reduced Capacity\",\"status\":503,")
                .doesNotContain("violated-policies");
    }

    @Test
    void aServicesExhaustionIsAboutBlank() {
        assertThat(text(problem(GatewayException.of(CommonError.RATE_LIMIT_EXCEEDED, "Slow down."))))
                .startsWith("{\"type\":\"about:blank\",\"title\":\"Too Many Requests\",\"status\":429,");
    }

    @Test
    void anErrorMayHaveAProblemOfItsOwn() {
        GatewayException error = GatewayException.builder(OrderError.SOLD_OUT, "Sold out.")
                .problem(new Problem("https://shop.example/sold-out", "Sold Out", Map.of()).with("next", List.of("e2")))
                .build();

        assertThat(text(problem(error)))
                .isEqualTo(
                        "{\"type\":\"https://shop.example/sold-out\",\"title\":\"Sold Out\",\"status\":409,"
                                + "\"detail\":\"Sold out.\",\"instance\":\"urn:request:id\",\"next\":[\"e2\"],\"code\":\"SOLD_OUT\"}");
    }

    @Test
    void everyCodeHasATitle() {
        List<ErrorCode> codes = new ArrayList<>(List.of(CommonError.values()));
        codes.addAll(List.of(OrderError.values()));
        codes.add(ErrorCode.of("TEAPOT", ErrorType.CONFLICT_ERROR, 418));
        codes.add(ErrorCode.of("LOOP", ErrorType.INTERNAL_ERROR, 508));
        for (ErrorCode code : codes) {
            Object title = ((Map<?, ?>) TinyJson.parse(text(problem(GatewayException.of(code, "m"))))).get("title");

            assertThat((String) title).as(code.name()).isNotBlank();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2162b67a-1249-44d6-9021-6325cfe90fd2, 2162b67a-1249-44d6-9021-6325cfe90fd2",
        "a.b_c~d, a.b_c~d",
        "a/b?c#d, a%2Fb%3Fc%23d",
        "100%, 100%25",
        "\"<x>\", %22%3Cx%3E%22",
        "[a|b], %5Ba%7Cb%5D",
        "ö, %C3%B6",
    })
    void theInstanceIsAUrnOfTheRequestId(String id, String encoded) {
        String body = text(ErrorRenderer.problem().render(GatewayException.of(OrderError.SOLD_OUT, "m"), head(), id));

        assertThat(body).contains("\"instance\":\"urn:request:" + encoded + "\"");
    }

    // Negotiation

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            application/problem+json                                  | true
            APPLICATION/Problem+JSON                                  | true
            application/problem+json;                                 | true
            application/problem+json;charset=utf-8                    | true
            application/problem+json, */*                             | true
            */*, application/problem+json                             | true
            application/problem+json, application/json                | true
            application/problem+json, application/json;q=0.9          | true
            application/json;q=0.5, application/problem+json;q=0.6    | true
            application/problem+json;q=0.1                            | true
            application/problem+json ; Q=1.0 , */*;q=0.1              | true
            text/html, application/problem+json                       | true
            application/json, application/problem+json                | false
            application/problem+json;q=0.5, application/json          | false
            application/problem+json;q=0.5, application/*             | false
            application/problem+json;q=0.5, */*                       | false
            application/problem+json;q=0                              | false
            application/problem+json;q=0, */*                         | false
            application/json                                          | false
            application/*                                             | false
            */*                                                       | false
            application/problem+xml                                   | false
            application/problem+json;q=high                           | false
            application/problem+json;q=                               | false
            application/problem+json;q=2                              | false
            application/problem+json;q=-1                             | false
            application/problem+json;q=NaN                            | false
            ;                                                         | false
            ;;;q=1,,;                                                 | false
            ,                                                         | false
            application                                               | false
            application/problem+json application/json                 | false
            """)
    void aProblemIsRenderedWhereItIsPreferred(String accept, boolean problem) {
        HttpResponse response = negotiated(head().with("Accept", accept));

        assertThat(response.header("Content-Type")).contains(problem ? "application/problem+json" : "application/json");
        assertThat(response.header("Vary")).contains("Accept");
    }

    @Test
    void theEnvelopeIsRenderedWithoutAccept() {
        assertThat(negotiated(head()).header("Content-Type")).contains("application/json");
        assertThat(negotiated(head()).header("Vary")).contains("Accept");
        assertThat(negotiated(head().with("Accept", "")).header("Content-Type")).contains("application/json");
    }

    @Test
    void theLinesOfAcceptAreOneList() {
        assertThat(negotiated(head().with("Accept", "application/json;q=0.2")
                                .with("Accept", "application/problem+json"))
                        .header("Content-Type"))
                .contains("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "x", "a/b,", ";q=1", " ", "application/json;q=0.1,"})
    void anAcceptOfAMegabyteIsReadInPart(String part) {
        String accept = part.repeat(1_000_000 / part.length()) + ",application/problem+json";

        assertThat(negotiated(head().with("Accept", accept)).header("Content-Type"))
                .isPresent();
        assertThat(negotiated(head().with("Accept", "application/problem+json," + accept))
                        .header("Content-Type"))
                .contains("application/problem+json");
    }

    private static HttpResponse negotiated(HttpRequestHead head) {
        return ErrorRenderer.negotiated().render(GatewayException.of(OrderError.SOLD_OUT, "m"), head, "id");
    }

    private static RateLimitCheck check(String policy) {
        return RateLimitCheck.of(policy, "user:1", RateLimit.perMinute(60));
    }

    private static GatewayException rejection(RateLimitCheck check) {
        return RateLimitDecision.rejected(check, Duration.ofSeconds(30), Instant.parse("2026-01-02T03:04:05Z"))
                .toException();
    }
}
