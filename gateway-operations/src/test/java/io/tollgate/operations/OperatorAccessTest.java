package io.tollgate.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.testkit.TestRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorAccessTest {
    private static final String TOKEN = "a-token-of-operators";

    @ParameterizedTest
    @EnumSource(Audience.class)
    void showsEverythingOnLoopbackWithoutAToken(Audience audience) {
        assertThatCode(() -> OperatorAccess.loopback().check(Requests.get("/"), audience))
                .doesNotThrowAnyException();
    }

    @Test
    void showsOnlyWhatIsOpenWithoutATokenOffLoopback() {
        OperatorAccess closed =
                OperatorAccess.builder().settings("ops.token", "ops.hosts").build();

        assertThatCode(() -> closed.check(Requests.get("/"), Audience.ANYONE)).doesNotThrowAnyException();
        for (Audience audience : List.of(Audience.BROWSER, Audience.OPERATOR)) {
            assertThat(failure(closed, Requests.get("/"), audience))
                    .hasMessageContaining("Set ops.token")
                    .extracting(GatewayException::code)
                    .isEqualTo(CommonError.PERMISSION_DENIED);
        }
    }

    @Test
    void wantsTheTokenOfOperators() {
        OperatorAccess access = OperatorAccess.token(TOKEN);

        assertThatCode(() -> access.check(Requests.get("/"), Audience.BROWSER))
                .as("the page asks for it")
                .doesNotThrowAnyException();
        assertThat(code(access)).isEqualTo(CommonError.MISSING_TOKEN);
        assertThat(code(access, "Authorization", "Basic " + TOKEN)).isEqualTo(CommonError.INVALID_TOKEN_FORMAT);
        assertThat(code(access, "Authorization", "Bearer " + TOKEN + "x")).isEqualTo(CommonError.INVALID_TOKEN);
        assertThat(code(access, "Authorization", "Bearer " + TOKEN, "Authorization", "Bearer " + TOKEN))
                .isEqualTo(CommonError.INVALID_TOKEN_FORMAT);
        assertThatCode(() -> access.check(Requests.get("/", "Authorization", "bearer " + TOKEN), Audience.OPERATOR))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:80", "127.0.0.1:1", "[::1]:9090", "[::1]"})
    void acceptsTheNamesOfLoopbackByDefault(String host) {
        assertThatCode(() -> OperatorAccess.loopback().check(Requests.get("/", "Host", host), Audience.OPERATOR))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "evil.example",
                "localhost.evil.example",
                "[::1",
                "[::1].evil.example",
                "127.0.0.1.evil.example:9090"
            })
    void rejectsOtherNames(String host) {
        GatewayException failure =
                failure(OperatorAccess.loopback(), Requests.get("/", "Host", host), Audience.BROWSER);

        assertThat(failure.code()).isEqualTo(CommonError.PERMISSION_DENIED);
        assertThat(failure).hasMessageContaining("Allowed: 127.0.0.1, ::1, localhost");
    }

    @Test
    void rejectsTwoHosts() {
        TestRequest request = Requests.get("/", "Host", "localhost", "Host", "localhost");

        assertThat(failure(OperatorAccess.loopback(), request, Audience.OPERATOR)
                        .code())
                .isEqualTo(CommonError.PERMISSION_DENIED);
    }

    @Test
    void acceptsTheNamesThatAreSetInPlaceOfTheDefaults() {
        OperatorAccess access = OperatorAccess.builder()
                .loopback()
                .hosts(List.of("Ops.example.com", "[fd00::1]"))
                .build();

        for (String host : List.of("ops.EXAMPLE.com:8443", "[fd00::1]:80")) {
            assertThatCode(() -> access.check(Requests.get("/", "Host", host), Audience.OPERATOR))
                    .doesNotThrowAnyException();
        }
        assertThat(failure(access, Requests.get("/"), Audience.OPERATOR)).isNotNull();
    }

    @Test
    void acceptsWritesOfItsOwnPagesOnly() {
        OperatorAccess access = OperatorAccess.loopback();

        assertThatCode(() -> access.checkOrigin(Requests.get("/"))).doesNotThrowAnyException();
        assertThatCode(() -> access.checkOrigin(Requests.get("/", "Origin", "https://localhost:9090")))
                .doesNotThrowAnyException();
        for (String origin : List.of("null", "http://localhost:8080", "https://evil.example")) {
            assertThatThrownBy(() -> access.checkOrigin(Requests.get("/", "Origin", origin)))
                    .as(origin)
                    .isInstanceOf(GatewayException.class);
        }
        String own = "http://localhost:9090";
        assertThatThrownBy(() -> access.checkOrigin(Requests.get("/", "Origin", own, "Origin", "https://evil.example")))
                .as("a second origin")
                .isInstanceOf(GatewayException.class);
        assertThatThrownBy(() -> access.checkOrigin(Requests.get("/", "Sec-Fetch-Site", "cross-site")))
                .isInstanceOf(GatewayException.class);
    }

    @Test
    void doesNotShowTheToken() {
        assertThat(OperatorAccess.token(TOKEN)).asString().contains("localhost").doesNotContain(TOKEN);
    }

    @Test
    void refusesABlankToken() {
        assertThatThrownBy(() -> OperatorAccess.token(" ")).isInstanceOf(IllegalArgumentException.class);
    }

    private static ErrorCode code(OperatorAccess access, String... headers) {
        GatewayException failure = failure(access, Requests.get("/", headers), Audience.OPERATOR);
        assertThat(failure.headers().get("WWW-Authenticate")).startsWith("Bearer");
        return failure.code();
    }

    private static GatewayException failure(OperatorAccess access, TestRequest request, Audience audience) {
        return catchThrowableOfType(GatewayException.class, () -> access.check(request, audience));
    }
}
