package io.tollgate.runner.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps of the README by which keys rotate, while clients buy and refresh without pause. */
class RotationTest {
    /** One each: the common pool may have a single thread, which blocks then. */
    private static final Executor THREADS = task -> new Thread(task).start();

    private static final Duration TTL = Duration.ofSeconds(3);

    @TempDir
    Path folder;

    private final Queue<String> refused = new ConcurrentLinkedQueue<>();
    private final Set<String> kidsSeen = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicBoolean done = new AtomicBoolean();

    @Test
    void refusesNoValidTokenWhileKeysRotate() throws Exception {
        Path file = folder.resolve("keys.json");
        String a = KeyPairs.jwk("a");
        String b = KeyPairs.jwk("b");
        String c = KeyPairs.jwk("c");
        KeyPairs.write(file, a);
        try (Deployment deployment = Deployment.builder()
                .gatewayIssues()
                .without("JWT_SECRET_KEY")
                .with("JWT_KEYS", "[{file: \"" + file + "\", signs: true}]")
                .with("JWT_KEY_FILE_REFRESH", "20ms")
                .with("JWT_ACCESS_TOKEN_TTL", TTL.toSeconds() + "s")
                .with("REDIS_TOKEN_BUCKET_CAPACITY", "1000000")
                .start()) {
            Client client = deployment.client();
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String name = "client-" + i;
                clients.add(CompletableFuture.runAsync(() -> use(client, name), THREADS));
            }
            awaitToken("a");

            rotate(client, file, a, b);
            rotate(client, file, b, c);

            done.set(true);
            clients.forEach(CompletableFuture::join);
        }
        assertThat(refused).isEmpty();
        assertThat(accepted).hasValueGreaterThan(100);
        assertThat(kidsSeen).containsExactlyInAnyOrder("a", "b", "c");
    }

    private void rotate(Client client, Path file, String from, String to) {
        KeyPairs.write(file, from, to);
        awaitPublished(client, from, to);
        KeyPairs.write(file, to, from);
        awaitToken(kidOf(to));
        // The last token of the old key has expired when clients have lived through a token's life since.
        Instant lastOfOld = Instant.now().plus(TTL);
        Awaitility.await().until(() -> Instant.now().isAfter(lastOfOld));
        KeyPairs.write(file, to);
        awaitPublished(client, to);
    }

    private void use(Client client, String name) {
        Answer session = client.post(
                "/api/v1/users/register",
                "{\"email\":\"" + name + "@example.org\",\"username\":\"" + name
                        + "\",\"password\":\"correct horse\"}");
        while (!done.get()) {
            String token = session.json().path("accessToken").asText();
            kidsSeen.add(kid(token));
            for (int i = 0; i < 10; i++) {
                Answer bought =
                        client.post("/api/v1/tickets/rock-2026/purchase", "{}", "Authorization", "Bearer " + token);
                if (bought.status() != 401) {
                    accepted.incrementAndGet();
                } else if (Instant.now().isBefore(expiry(token))) {
                    refused.add(kid(token) + ": " + bought.body());
                }
            }
            session = client.post(
                    "/api/v1/users/refresh",
                    "{\"refreshToken\":\"" + session.json().path("refreshToken").asText() + "\"}");
            if (session.status() != 200) {
                refused.add("refresh: " + session.body());
                return;
            }
        }
    }

    private void awaitToken(String kid) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> kidsSeen.contains(kid) || !refused.isEmpty());
    }

    private static void awaitPublished(Client client, String... jwks) {
        List<String> expected = new ArrayList<>();
        for (String jwk : jwks) {
            expected.add(kidOf(jwk));
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(
                                client.get("/.well-known/jwks.json").json().findValuesAsText("kid"))
                        .isEqualTo(expected));
    }

    private static String kidOf(String jwk) {
        return parse(jwk).get("kid").asText();
    }

    /** What the token says of the key that signed it. */
    static String kid(String token) {
        return part(token, 0).get("kid").asText();
    }

    private static Instant expiry(String token) {
        return Instant.ofEpochSecond(part(token, 1).get("exp").asLong());
    }

    private static JsonNode part(String token, int index) {
        return parse(new String(Base64.getUrlDecoder().decode(token.split("\\.")[index]), UTF_8));
    }

    private static JsonNode parse(String json) {
        try {
            return new JsonMapper().readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
