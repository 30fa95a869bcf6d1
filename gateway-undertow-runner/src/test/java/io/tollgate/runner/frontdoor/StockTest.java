package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Many buyers, few tickets, through the front door. */
class StockTest {
    private static final int BUYERS = 64;
    private static final int STOCK = 10;

    @Test
    void sellsExactlyTheStockToSixtyFourConcurrentBuyers() throws Exception {
        try (Deployment deployment =
                Deployment.builder().event("few-seats", STOCK).start()) {
            Client client = deployment.client();
            String token = client.post(
                            "/api/v1/users/register",
                            "{\"email\":\"crowd@example.org\",\"username\":\"crowd\",\"password\":\"correct horse\"}")
                    .json()
                    .get("accessToken")
                    .asText();

            List<CompletableFuture<Answer>> buyers = new ArrayList<>();
            for (int i = 0; i < BUYERS; i++) {
                buyers.add(client.sendAsync(
                        "POST",
                        "/api/v1/tickets/few-seats/purchase",
                        BodyPublishers.noBody(),
                        "Authorization",
                        "Bearer " + token));
            }

            Set<String> tickets = new HashSet<>();
            List<String> refusals = new ArrayList<>();
            for (CompletableFuture<Answer> buyer : buyers) {
                Answer answer = buyer.get();
                if (answer.status() == 200) {
                    tickets.add(answer.json().at("/ticket/id").asText());
                } else {
                    refusals.add(answer.status() + " " + answer.code());
                }
            }
            assertThat(tickets).hasSize(STOCK);
            assertThat(refusals).hasSize(BUYERS - STOCK).containsOnly("409 SOLD_OUT");
        }
    }

    @Test
    void buysOneTicketForManyConcurrentUsesOfOneIdempotencyKey() throws Exception {
        try (Deployment deployment =
                Deployment.builder().event("few-seats", STOCK).start()) {
            Client client = deployment.client();
            String token = client.post(
                            "/api/v1/users/register",
                            "{\"email\":\"eager@example.org\",\"username\":\"eager\",\"password\":\"correct horse\"}")
                    .json()
                    .get("accessToken")
                    .asText();

            List<CompletableFuture<Answer>> clicks = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                clicks.add(client.sendAsync(
                        "POST",
                        "/api/v1/tickets/few-seats/purchase",
                        BodyPublishers.noBody(),
                        "Authorization",
                        "Bearer " + token,
                        "Idempotency-Key",
                        "one-click"));
            }

            Set<Map.Entry<Integer, String>> answers = new HashSet<>();
            for (CompletableFuture<Answer> click : clicks) {
                Answer answer = click.get();
                answers.add(Map.entry(answer.status(), answer.body()));
            }
            assertThat(answers).as("every click gets the one ticket").hasSize(1);
            assertThat(answers.iterator().next().getKey()).isEqualTo(200);
        }
    }
}
