package io.tollgate.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.FieldViolation;
import io.tollgate.api.GatewayException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTimeoutTest {
    private static TestHead head() {
        return new TestHead(InetAddress.getLoopbackAddress());
    }

    private static TestHead seconds(String text) {
        return head().with("x-request-timeout", text);
    }

    private static TestHead grpc(String text) {
        return head().with("GRPC-Timeout", text);
    }

    private static FieldViolation violation(HttpRequestHead head) {
        GatewayException error = catchThrowableOfType(GatewayException.class, () -> RequestTimeout.of(head));
        assertThat(error).isNotNull();
        assertThat(error.code()).isEqualTo(CommonError.INVALID_REQUEST);
        assertThat(error.violations()).hasSize(1);
        return error.violations().get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "2, PT2S",
        "0.25, PT0.25S",
        "0, PT0S",
        "0.0, PT0S",
        "007, PT7S",
        "1.000000001, PT1.000000001S",
        "0.0000000009, PT0S",
        "1.9999999999999, PT1.999999999S",
        "3600, PT1H",
        "99999999999999999999999999999999, PT277777H46M40S",
    })
    void readsSeconds(String text, Duration time) {
        assertThat(RequestTimeout.of(seconds(text))).contains(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "-0",
                "+1",
                ".5",
                "5.",
                ".",
                "1.2.3",
                "1,5",
                "1e3",
                "1E-3",
                "0x10",
                "NaN",
                "Infinity",
                "1s",
                "1 ",
                " 1",
                "1_000",
                "\u0661",
                "\uff11",
                "1\r\n2",
                "null",
                "100000000000000000000000000000000",
                "0.0000000000000000000000000000000",
            })
    void rejectsWhatIsNoNumberOfSeconds(String text) {
        FieldViolation violation = violation(seconds(text));

        assertThat(violation.field()).isEqualTo("X-Request-Timeout");
        assertThat(violation.code()).isEqualTo("INVALID_HEADER");
        assertThat(violation.message()).contains("a number of seconds, such as 2 or 0.25");
    }

    @Test
    void readsSecondsLikeADecimal() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            String text =
                    random.nextInt(100_000) + (random.nextBoolean() ? "" : "." + random.nextInt(Integer.MAX_VALUE));
            BigDecimal decimal = new BigDecimal(text).setScale(9, RoundingMode.DOWN);

            assertThat(RequestTimeout.of(seconds(text)))
                    .as("%s, of seed %d", text, seed)
                    .contains(Duration.ofNanos(decimal.movePointRight(9).longValueExact()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1H, PT1H",
        "2M, PT2M",
        "3S, PT3S",
        "250m, PT0.25S",
        "7u, PT0.000007S",
        "99999999u, PT99.999999S",
        "1n, PT0.000000001S",
        "0n, PT0S",
        "00000001S, PT1S",
        "99999999H, PT99999999H",
    })
    void readsTheFormatOfGrpc(String text, Duration time) {
        assertThat(RequestTimeout.of(grpc(text))).contains(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "S",
                "1",
                "1s",
                "1h",
                "123456789S",
                "-1S",
                "+1S",
                "1.5S",
                "1 S",
                "1S ",
                "1SS",
                "1e2S",
                "\u0661S"
            })
    void rejectsWhatIsNotTheFormatOfGrpc(String text) {
        FieldViolation violation = violation(grpc(text));

        assertThat(violation.field()).isEqualTo("grpc-timeout");
        assertThat(violation.message()).contains("1 to 8 digits and a unit: H, M, S, m, u or n");
    }

    @Test
    void takesTheShorterOfBoth() {
        assertThat(RequestTimeout.of(seconds("2").with("grpc-timeout", "1S"))).contains(Duration.ofSeconds(1));
        assertThat(RequestTimeout.of(seconds("0.5").with("grpc-timeout", "1S"))).contains(Duration.ofMillis(500));
        assertThat(violation(seconds("2").with("grpc-timeout", "x")).field()).isEqualTo("grpc-timeout");
        assertThat(violation(seconds("x").with("grpc-timeout", "1S")).field()).isEqualTo("X-Request-Timeout");
    }

    @Test
    void rejectsTwoLines() {
        assertThat(violation(seconds("1").with("X-Request-Timeout", "1")).field())
                .isEqualTo("X-Request-Timeout");
        assertThat(violation(grpc("1S").with("grpc-timeout", "1S")).field()).isEqualTo("grpc-timeout");
    }

    @Test
    void isEmptyWithoutOne() {
        assertThat(RequestTimeout.of(head())).isEmpty();
        CallContext context = CallContext.create();
        assertThat(RequestTimeout.limit(context, head(), System.nanoTime())).isSameAs(context);
    }

    @Test
    void limitsTheContextFromTheArrivalOn() {
        long arrived = System.nanoTime() - 1_000_000;

        CallContext context = RequestTimeout.limit(CallContext.create(), seconds("2"), arrived);

        assertThat(context.deadlineNanos()).hasValue(arrived + 2_000_000_000);
        assertThat(context.hasClientDeadline()).isTrue();
    }

    @Test
    void neverLengthens() {
        CallContext context = CallContext.create().withTimeout(Duration.ofSeconds(1));

        CallContext limited = RequestTimeout.limit(context, seconds("99999999999"), System.nanoTime());

        assertThat(limited.deadlineNanos()).isEqualTo(context.deadlineNanos());
        assertThat(limited.hasClientDeadline()).isFalse();
        assertThat(RequestTimeout.limit(context, seconds("0"), System.nanoTime())
                        .ended())
                .isPresent();
    }

    @Test
    void fitsTheClockHoweverLong() {
        assertThat(RequestTimeout.nanos(Duration.ofHours(99_999_999))).isEqualTo(1_000_000_000L * 1_000_000_000L);
        CallContext context = RequestTimeout.limit(CallContext.create(), grpc("99999999H"), System.nanoTime());
        assertThat(context.ended()).isEmpty();
        assertThat(context.remaining().orElseThrow()).isGreaterThan(Duration.ofDays(10_000));
    }
}
