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
