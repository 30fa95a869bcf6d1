package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code auth.issuer: gateway} promises, whichever store the gateway has. */
abstract class GatewayIssuerContract {
    /** One each: the common pool may have a single thread, which blocks then. */
    private static final Executor THREADS = task -> new Thread(task).start();

    private Deployment deployment;
    Client client;

    /** A gateway that issues tokens, with revocation on. */
    abstract Deployment.Builder gateway() throws Exception;

    @BeforeEach
    void open() throws Exception {
        deployment = gateway()
                .with("JWT_REVOCATION", "true")
                .with("JWT_REFRESH_TOKEN_GRACE", "0s")
                .start();
        client = deployment.client();
    }

    @AfterEach
    void close() {
        deployment.close();
    }

    @Test
    void issuesTokensForAUserServiceThatHasNone() {
        Answer registered = register("ann");

        assertThat(registered.status()).isEqualTo(201);
        assertThat(registered.json().fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("user", "accessToken", "refreshToken");
        assertThat(purchase(access(registered)).status()).isEqualTo(200);
        assertThat(purchase(access(registered)).json().at("/ticket/userId").asText())
                .isEqualTo(registered.json().at("/user/id").asText());

        Answer loggedIn = login("ann", "correct horse");
        assertThat(loggedIn.status()).isEqualTo(200);
        assertThat(purchase(access(loggedIn)).status()).isEqualTo(200);
        assertThat(login("ann", "wrong horse").code()).isEqualTo("UNAUTHENTICATED");
    }

    @Test
    void rotatesARefreshTokenAndRevokesTheFamilyOfOneThatComesBack() {
        String first = refreshToken(register("bob"));

        Answer refreshed = refresh(first);
        String second = refreshToken(refreshed);
        assertThat(refreshed.status()).isEqualTo(200);
        assertThat(refreshed.header("Cache-Control")).isEqualTo("no-store");
        assertThat(purchase(access(refreshed)).status()).isEqualTo(200);
        assertThat(second).isNotEqualTo(first);

        Answer replayed = refresh(first);
        assertThat(replayed.status()).isEqualTo(401);
        assertThat(replayed.code()).isEqualTo("UNAUTHENTICATED");
        assertThat(refresh(second).status()).as("the thief's or the owner's").isEqualTo(401);
        assertThat(refresh(refreshToken(login("bob", "correct horse"))).status())
                .as("another family")
                .isEqualTo(200);
    }

    @Test
    void returnsTheSameSuccessorToARetryWithinTheGrace() throws Exception {
        try (Deployment patient = gateway().start()) {
            client = patient.client();
            String first = refreshToken(register("gus"));

            List<CompletableFuture<Answer>> uses = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                uses.add(CompletableFuture.supplyAsync(() -> refresh(first), THREADS));
            }
            List<Answer> answers = uses.stream().map(CompletableFuture::join).toList();

            assertThat(answers).allMatch(answer -> answer.status() == 200);
            assertThat(answers.stream().map(GatewayIssuerContract::refreshToken).distinct())
                    .hasSize(1);
            String second = refreshToken(answers.get(0));
            assertThat(second).isNotEqualTo(first);
            assertThat(refresh(second).status()).isEqualTo(200);
        }
    }

    @Test
    void letsExactlyOneOfManyUsesWin() {
        String token = refreshToken(register("cat"));

        List<CompletableFuture<Answer>> uses = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            uses.add(CompletableFuture.supplyAsync(() -> refresh(token), THREADS));
        }
        List<Answer> answers = uses.stream().map(CompletableFuture::join).toList();

        assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.status() == 401)).hasSize(15);
        String winner = refreshToken(answers.stream()
                .filter(answer -> answer.status() == 200)
                .findFirst()
                .orElseThrow());
        assertThat(refresh(winner).status())
                .as("with no grace, losers revoke the winner's family")
                .isEqualTo(401);
    }

    @Test
    void logsOutForGood() {
        Answer registered = register("dan");
        String access = access(registered);

        Answer out = client.post(
                "/api/v1/users/logout", body(refreshToken(registered)), "Authorization", "Bearer " + access);

        assertThat(out.status()).isEqualTo(204);
        assertThat(out.body()).isEmpty();
        assertThat(out.header("X-RateLimit-Limit")).isNotEmpty();
        assertThat(refresh(refreshToken(registered)).status()).isEqualTo(401);
        Answer refused = purchase(access);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.code()).isEqualTo("INVALID_TOKEN");
    }

    @Test
    void logsOutWithoutAnAccessTokenAndWithTokensThatAreNoLongerGood() {
        Answer registered = register("eve");

        assertThat(logout(refreshToken(registered)).status()).isEqualTo(204);
        assertThat(logout(refreshToken(registered)).status()).as("again").isEqualTo(204);
        assertThat(logout("no token of ours").status()).isEqualTo(204);
        assertThat(client.post("/api/v1/users/logout", body("none"), "Authorization", "Bearer a.b.c")
                        .status())
                .isEqualTo(204);
        assertThat(purchase(access(registered)).status())
                .as("an access token that was not presented ends by itself")
                .isEqualTo(200);
        assertThat(client.post("/api/v1/users/logout", "{}").status()).isEqualTo(400);
    }

    @Test
    void refusesItsAccessTokensAsRefreshTokensAndTheReverse() {
        Answer registered = register("fay");

        assertThat(refresh(access(registered)).status()).isEqualTo(401);
        assertThat(purchase(refreshToken(registered)).status()).isEqualTo(401);
    }

    Answer register(String name) {
        return client.post(
                "/api/v1/users/register",
                "{\"email\":\"" + name + "@example.org\",\"username\":\"" + name
                        + "\",\"password\":\"correct horse\"}");
    }

    Answer login(String name, String password) {
        return client.post(
                "/api/v1/users/login", "{\"email\":\"" + name + "@example.org\",\"password\":\"" + password + "\"}");
    }

    Answer refresh(String token) {
        return client.post("/api/v1/users/refresh", body(token));
    }

    private Answer logout(String token) {
        return client.post("/api/v1/users/logout", body(token));
    }

    private Answer purchase(String token) {
        return client.post("/api/v1/tickets/rock-2026/purchase", "{}", "Authorization", "Bearer " + token);
    }

    private static String body(String refreshToken) {
        return "{\"refreshToken\":\"" + refreshToken + "\"}";
    }

    static String access(Answer answer) {
        return text(answer.json().path("accessToken"));
    }

    static String refreshToken(Answer answer) {
        return text(answer.json().path("refreshToken"));
    }

    private static String text(JsonNode node) {
        assertThat(node.isTextual()).isTrue();
        return node.asText();
    }
}
