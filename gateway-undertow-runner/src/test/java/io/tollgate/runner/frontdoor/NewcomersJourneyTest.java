package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a newcomer does, against the reference services: accounts, tokens, tickets. */
class NewcomersJourneyTest {
    private static final String REGISTER = "/api/v1/users/register";
    private static final String LOGIN = "/api/v1/users/login";
    private static final String REFRESH = "/api/v1/users/refresh";

    private static Deployment deployment;
    private static Client client;

    @BeforeAll
    static void open() throws Exception {
        deployment = Deployment.start();
        client = deployment.client();
    }

    @AfterAll
    static void close() {
        deployment.close();
    }

    @Test
    void registersAndGetsAnAccountAndTokens() {
        Answer answer = register("ann");

        assertThat(answer.status()).isEqualTo(201);
        JsonNode user = answer.json().get("user");
        assertThat(user.get("id").asText()).isNotEmpty();
        assertThat(user.get("email").asText()).isEqualTo("ann@example.org");
        assertThat(user.get("username").asText()).isEqualTo("ann");
        assertThat(user.get("createdAt").asText()).endsWith("Z");
        assertThat(Instant.parse(user.get("updatedAt").asText()))
                .isCloseTo(Instant.now(), Assertions.within(Duration.ofMinutes(1)));
        assertThat(answer.json().fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("user", "accessToken", "refreshToken");
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void logsInWithWhatItRegistered() {
        String id = register("bob").json().at("/user/id").asText();

        Answer answer = client.post(LOGIN, "{\"email\":\"bob@example.org\",\"password\":\"correct horse\"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/user/id").asText()).isEqualTo(id);
        assertThat(answer.json().get("accessToken").asText()).contains(".");
        assertThat(answer.json().get("refreshToken").asText()).isNotEmpty();
    }

    @Test
    void refusesAWrongPasswordAndAnUnknownUserInTheSameWords() {
        register("cyd");

        Answer wrong = client.post(LOGIN, "{\"email\":\"cyd@example.org\",\"password\":\"incorrect\"}");
        Answer unknown = client.post(LOGIN, "{\"email\":\"nobody@example.org\",\"password\":\"incorrect\"}");

        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.error()).isEqualTo("AUTHENTICATION_ERROR");
        assertThat(wrong.code()).isEqualTo("UNAUTHENTICATED");
        assertThat(wrong.header("WWW-Authenticate")).startsWith("Bearer");
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.body()).isEqualTo(wrong.body());
    }

    @Test
    void refusesASecondAccountForOneEmail() {
        register("dan");

        Answer again = register("dan");

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.error()).isEqualTo("CONFLICT_ERROR");
        assertThat(again.code()).isEqualTo("RESOURCE_ALREADY_EXISTS");
    }

    @Test
    void exchangesARefreshTokenOnceAndRevokesTheFamilyOfOneThatComesBack() {
        String first = register("eve").json().get("refreshToken").asText();

        Answer refreshed = refresh(first);
        String second = refreshed.json().get("refreshToken").asText();
        assertThat(refreshed.status()).isEqualTo(200);
        assertThat(refreshed.json().fieldNames()).toIterable().containsExactlyInAnyOrder("accessToken", "refreshToken");
        assertThat(second).isNotEqualTo(first);

        assertThat(refresh(first).json().get("refreshToken").asText())
                .as("for a client that lost the response")
                .isEqualTo(second);
        String third = refresh(second).json().get("refreshToken").asText();

        Answer replayed = refresh(first);
        assertThat(replayed.status()).isEqualTo(401);
        assertThat(replayed.code()).isEqualTo("UNAUTHENTICATED");
        assertThat(refresh(third).status())
                .as("the latest successor, after the replay")
                .isEqualTo(401);
    }

    @Test
    void buysATicketWithTheTokenItGot() {
        Answer registered = register("fay");

        Answer bought = purchase("rock-2026", token(registered));

        assertThat(bought.status()).isEqualTo(200);
        JsonNode ticket = bought.json().get("ticket");
        assertThat(ticket.get("id").asText()).isNotEmpty();
        assertThat(ticket.get("eventId").asText()).isEqualTo("rock-2026");
        assertThat(ticket.get("userId").asText())
                .isEqualTo(registered.json().at("/user/id").asText());
        assertThat(ticket.get("status").asText()).isEqualTo("confirmed");
        assertThat(ticket.get("createdAt").asText()).endsWith("Z");
    }

    @Test
    void buysWithATokenThatARefreshGave() {
        Answer refreshed = refresh(register("gus").json().get("refreshToken").asText());

        assertThat(purchase("rock-2026", token(refreshed)).status()).isEqualTo(200);
    }

    @Test
    void isToldWhenAnEventIsSoldOut() {
        Answer answer = purchase("sold-out-show", token(register("hal")));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.error()).isEqualTo("CONFLICT_ERROR");
        assertThat(answer.code()).isEqualTo("SOLD_OUT");
    }

    @Test
    void getsTheSameTicketAgainForTheSameIdempotencyKey() {
        String token = token(register("ivy"));

        Answer once = purchase("rock-2026", token, "Idempotency-Key", "order-1");
        Answer again = purchase("rock-2026", token, "Idempotency-Key", "order-1");
        Answer other = purchase("jazz-night", token, "Idempotency-Key", "order-1");

        assertThat(once.status()).isEqualTo(200);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(once.body());
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.code()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
    }

    @Test
    void buysTwoTicketsWithoutAnIdempotencyKey() {
        String token = token(register("joe"));

        assertThat(purchase("rock-2026", token).json().at("/ticket/id"))
                .isNotEqualTo(purchase("rock-2026", token).json().at("/ticket/id"));
    }

    @Test
    void isToldThatAnEventDoesNotExist() {
        Answer answer = purchase("no-such-event", token(register("kim")));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.error()).isEqualTo("NOT_FOUND_ERROR");
        assertThat(answer.code()).isEqualTo("RESOURCE_NOT_FOUND");
    }

    @Test
    void needsATokenToBuy() {
        Answer none = client.send("POST", "/api/v1/tickets/rock-2026/purchase", BodyPublishers.noBody());
        Answer bad = purchase("rock-2026", "not.a.token");
        Answer basic = client.send(
                "POST", "/api/v1/tickets/rock-2026/purchase", BodyPublishers.noBody(), "Authorization", "Basic YTpi");

        assertThat(none.status()).isEqualTo(401);
        assertThat(none.code()).isEqualTo("MISSING_TOKEN");
        assertThat(none.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(bad.status()).isEqualTo(401);
        assertThat(bad.code()).isIn("INVALID_TOKEN", "INVALID_TOKEN_FORMAT");
        assertThat(bad.header("WWW-Authenticate")).contains("error=\"invalid_token\"");
        assertThat(basic.code()).isEqualTo("INVALID_TOKEN_FORMAT");
    }

    @Test
    void findsTheOlderPathStillThereAndItsSuccessorNamed() {
        Answer old = client.send(
                "POST",
                "/api/v1/orders/rock-2026/purchase",
                BodyPublishers.noBody(),
                "Authorization",
                "Bearer " + token(register("leo")));

        assertThat(old.status()).isEqualTo(200);
        assertThat(old.json().at("/ticket/status").asText()).isEqualTo("confirmed");
        assertThat(old.header("Deprecation")).startsWith("@");
        assertThat(old.header("Link"))
                .contains("</api/v1/tickets/rock-2026/purchase>")
                .contains("rel=\"successor-version\"");
    }

    private static Answer register(String name) {
        return client.post(
                REGISTER,
                "{\"email\":\"%s@example.org\",\"username\":\"%s\",\"password\":\"correct horse\"}"
                        .formatted(name, name));
    }

    private static Answer refresh(String token) {
        return client.post(REFRESH, "{\"refreshToken\":\"" + token + "\"}");
    }

    private static Answer purchase(String event, String token, String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Authorization";
        all[headers.length + 1] = "Bearer " + token;
        return client.send("POST", "/api/v1/tickets/" + event + "/purchase", BodyPublishers.noBody(), all);
    }

    private static String token(Answer answer) {
        return answer.json().get("accessToken").asText();
    }
}
