package io.tollgate.runner.http;

import static io.tollgate.runner.http.TestGateway.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.api.user.EmailAddress;
import io.tollgate.runner.Gateway;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidationTest {
    private static Gateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void namesEveryFieldAtFaultAtOnce() {
        RawResponse answer = register("{\"email\":\"ann\",\"username\":\"a\",\"password\":\"12345\"}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("INVALID_REQUEST");
        assertThat(violations(answer))
                .containsExactly("email INVALID_EMAIL", "username TOO_SHORT", "password TOO_SHORT");
        assertThat(answer.json().at("/details/violations/1/message").asText())
                .isEqualTo("must have at least 3 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"email\":null,\"username\":\"\",\"other\":1}"})
    void requiresEveryField(String json) {
        assertThat(violations(register(json)))
                .containsExactly("email REQUIRED", "username REQUIRED", "password REQUIRED");
    }

    @Test
    void takesAValueOfTheWrongTypeForAViolation() {
        assertThat(violations(register("{\"email\":1,\"username\":[\"ann\"],\"password\":{\"a\":true}}")))
                .containsExactly("email WRONG_TYPE", "username WRONG_TYPE", "password WRONG_TYPE");
    }

    @Test
    void countsCharactersAndBytesAsTheContractDoes() {
        assertThat(violations(register(json("a@b.cd", "\uD83D\uDE00".repeat(3), "\uD83D\uDE00".repeat(6)))))
                .isEmpty();
        assertThat(violations(register(json("a@b.cd", "\uD83D\uDE00".repeat(50), "\u00e9".repeat(512)))))
                .isEmpty();
        assertThat(violations(register(json("a@b.cd", "\uD83D\uDE00".repeat(51), "\u00e9".repeat(513)))))
                .containsExactly("username TOO_LONG", "password TOO_LONG");
        assertThat(violations(register(json("a@b.cd", "an\\u0000n", "123456"))))
                .containsExactly("username INVALID_CHARACTERS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "an\\u200Bn",
                "\\u202Enna",
                "ann\\uFEFF",
                "an\\u00ADn",
                "an\\u2066n",
                "an\\u061Cn",
                "an\\u2028n",
                "an\\u2029n",
                "an\\u0085n",
                "an\\uE000n",
                "an\\uFFFEn",
                "an\\u0378n",
                "an\\uFE0Fn",
                "an\\u034Fn",
                "an\\u180En",
                "an\\u2800n",
                "an\\u3164n",
                "\\u3164\\u3164\\u3164",
                "\\uFFA0ann",
                "an\\uDB40\\uDC41n",
                "an\\uDB40\\uDD00n",
                "an\\uDBFF\\uDFFDn",
                "\\u0301\\u0302\\u0303",
                "\\u0301ann",
                "   ",
                "\\u00A0\\u3000 ",
                " ann",
                "ann ",
                "ann\\u00A0",
                "ann\\u3000n",
                "ann\\u2003n",
                "ann  n",
                "an\\u200Dn",
                "an\\u200Cn",
                "ann \\u0301"
            })
    void rejectsInvisibleCharactersInAUsername(String escaped) {
        assertThat(violations(register(json("a@b.cd", escaped, "123456"))))
                .containsExactly("username INVALID_CHARACTERS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Ann O'Neil",
                "Z\u00fcrich",
                "Zu\u0308rich",
                "\u0391\u03bb\u03ad\u03be\u03b7\u03c2",
                "\u0418\u0433\u043e\u0440\u044c",
                "\u05d3\u05b8\u05d5\u05b4\u05d3",
                "\u0645\u062d\u0645\u062f",
                "\u0905\u092e\u093f\u0924\u093e",
                "\u0e2a\u0e21\u0e0a\u0e32\u0e22",
                "\u7530\u4e2d\u592a\u90ce",
                "\uae40\ucca0\uc218",
                "\u0b95\u0ba3\u0bcd\u0ba3\u0ba9\u0bcd",
                "\ud801\udc00\ud801\udc01\ud801\udc02",
                "\uD83D\uDE00ann",
                "ann_99-x.y~z!"
            })
    void takesUsernamesOfEveryScript(String username) {
        assertThat(violations(register(json("a@b.cd", username, "123456")))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "an\\u200Bn@b.cd",
                "\\u202Eann@b.cd",
                "ann\\uFEFF@b.cd",
                "an\\u00ADn@b.cd",
                "an\\uFE0Fn@b.cd",
                "an\\u3164n@b.cd",
                "an\\uE000n@b.cd",
                "an\\uDB40\\uDC41n@b.cd",
                "\\u0301ann@b.cd",
                "a.\\u0301@b.cd",
                "an\\u2003n@b.cd",
                "an\\u2028@b.cd",
                "ann@b\\u200B.cd",
                "ann@\\u202Eb.cd",
                "ann@b.c\\u200Dd",
                "ann@b\\uFE0F.cd",
                "ann@b\\u3164.cd",
                "ann@\\u0301b.cd",
                "ann@b.cd\\u00AD"
            })
    void rejectsInvisibleCharactersInAnEmailAddress(String escaped) {
        assertThat(violations(register(json(escaped, "ann", "123456")))).containsExactly("email INVALID_EMAIL");
        assertThat(violations(login(escaped))).containsExactly("email INVALID_EMAIL");
    }

    @Test
    void limitsTheRefreshToken() {
        assertThat(violations(refresh("x".repeat(8192)))).isEmpty();
        assertThat(violations(refresh("x".repeat(8193)))).containsExactly("refreshToken TOO_LONG");
        assertThat(violations(refresh(""))).containsExactly("refreshToken REQUIRED");
    }

    @ParameterizedTest
    @CsvSource({
        "a@b.cd, true",
        "ann.o'neil+tag@mail.example.org, true",
        "ünal@exämple.org, true",
        "a@xn--exmple-cua.org, true",
        "\u0438\u0433\u043e\u0440\u044c@\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444, true",
        "\u0905\u092e\u093f\u0924\u093e@\u0909\u0926\u093e\u0939\u0930\u0923.\u092d\u093e\u0930\u0924, true",
        "\u7530\u4e2d@\u4f8b\u3048.jp, true",
        "zu\u0308rich@exa\u0308mple.org, true",
        "a@b, false",
        "a@.b.c, false",
        "a@b..c, false",
        "a@b.c., false",
        "a@-b.cd, false",
        "a@b-.cd, false",
        "a@b_c.de, false",
        "a@[192.0.2.1], false",
        "a@b@c.de, false",
        "@b.cd, false",
        "a@, false",
        "a.@b.cd, false",
        ".a@b.cd, false",
        "a..b@c.de, false",
        "a b@c.de, false",
        "<a@b.cd>, false",
        "'Ann <a@b.cd>', false",
        "'a@b.cd,e@f.gh', false",
        "a@b.c d, false",
    })
    void knowsAnEmailAddress(String text, boolean valid) {
        assertThat(EmailAddress.isValid(text)).isEqualTo(valid);
    }

    @Test
    void limitsAnEmailAddressTo254Characters() {
        String domain = ("d".repeat(61) + ".").repeat(3) + "example.org";

        String longest = "l".repeat(254 - 1 - domain.length()) + "@" + domain;

        assertThat(longest).hasSize(254);
        assertThat(EmailAddress.isValid(longest)).isTrue();
        assertThat(EmailAddress.isValid("l" + longest)).isFalse();
    }

    @Test
    void refusesControlCharactersInAnEmailAddress() {
        assertThat(EmailAddress.isValid("a\u0000@b.cd")).isFalse();
        assertThat(EmailAddress.isValid("a\r\nBcc: e@f.gh")).isFalse();
        assertThat(EmailAddress.isValid("a\u0085@b.cd")).isFalse();
    }

    private static String json(String email, String username, String password) {
        return "{\"email\":\"" + email + "\",\"username\":\"" + username + "\",\"password\":\"" + password + "\"}";
    }

    private static RawResponse register(String json) {
        return send("/api/v1/users/register", json);
    }

    private static RawResponse login(String email) {
        return send("/api/v1/users/login", "{\"email\":\"" + email + "\",\"password\":\"123456\"}");
    }

    private static RawResponse refresh(String token) {
        return send("/api/v1/users/refresh", "{\"refreshToken\":\"" + token + "\"}");
    }

    private static RawResponse send(String path, String json) {
        try (RawClient client = new RawClient(gateway.address())) {
            return client.send(post(path, json).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .read();
        }
    }

    private static List<String> violations(RawResponse answer) {
        List<String> found = new ArrayList<>();
        for (JsonNode v : answer.json().at("/details/violations")) {
            found.add(v.path("field").asText() + " " + v.path("code").asText());
        }
        return found;
    }
}
