package io.tollgate.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages as an endpoint; that they work on a real server is shown in the examples and at the gateway's admin port. */
class OperatorPagesTest {
    /** One each: the common pool may have a single thread, which blocks then. */
    private static final Executor THREADS = task -> new Thread(task).start();

    private final CountDownLatch scraped = new CountDownLatch(1);
    private final CountDownLatch mayScrape = new CountDownLatch(1);
    private final OperatorPages pages = builder()
            .environment("test")
            .software("9.9", "abc1234")
            .component(
                    "disk", ComponentKind.OTHER, () -> Condition.ok("has room").with("path", "/data"))
            .metrics("text/x-metrics", out -> {
                scraped.countDown();
                awaitUninterrupted(mayScrape);
                out.write("up 1\n".getBytes(UTF_8));
            })
            .info("configuration", () -> List.of(Map.of("key", "port", "value", 8080, "secret", false)))
            .info("note", () -> "\"quoted\"")
            .build();
    private final HttpEndpoint endpoint = pages.endpoint();

    private static OperatorPages.Builder builder() {
        return OperatorPages.builder().name("shop").version("1.4.2").access(OperatorAccess.loopback());
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() {
        mayScrape.countDown();
        pages.close();
    }

    @Test
    void isReadyWhileItListensAndNotBeforeOrAfter() {
        assertThat(ready().status()).isEqualTo(503);
        assertThat(Requests.text(ready())).contains("\"detail\":\"not listening yet\"");

        pages.listening(URI.create("http://shop.example.com"));
        assertThat(ready().status()).isEqualTo(200);
        assertThat(Requests.text(ready()))
                .startsWith("{\"status\":\"ok\",\"since\":\"")
                .contains("{\"name\":\"disk\",\"status\":\"ok\"", "\"detail\":\"has room\",\"path\":\"/data\"}");

        pages.draining();
        assertThat(ready().status()).isEqualTo(503);
        assertThat(Requests.text(ready())).contains("\"status\":\"down\"", "\"detail\":\"draining: ");
        assertThat(Requests.get("/health/live").sendTo(endpoint).status()).isEqualTo(200);
    }

    private HttpResponse ready() {
        return Requests.get("/health/ready").sendTo(endpoint);
    }

    @Test
    void scrapesOnAThreadOfItsOwn() throws Exception {
        var response = endpoint.handle(Requests.get("/metrics")).toCompletableFuture();
        scraped.await();
        assertThat(response).as("the caller's thread went on").isNotDone();
        mayScrape.countDown();

        assertThat(response.join().header("Content-Type")).contains("text/x-metrics");
        assertThat(Requests.text(response.join())).isEqualTo("up 1\n");
    }

    @Test
    void hasNoMetricsWithoutAWriter() {
        try (OperatorPages without = builder().build()) {
            assertThat(Requests.get("/metrics").sendTo(without.endpoint()).status())
                    .isEqualTo(404);
        }
    }

    @Test
    void turnsAFailureIntoAnErrorThatSaysNothingOfIt() {
        try (OperatorPages failing = builder()
                .metrics("text/plain", out -> {
                    throw new IOException("marked");
                })
                .build()) {
            HttpResponse response = Requests.get("/metrics").sendTo(failing.endpoint());

            assertThat(response.status()).isEqualTo(500);
            assertThat(Requests.text(response))
                    .contains("\"code\":\"INTERNAL_SERVER_ERROR\"")
                    .doesNotContain("marked");
            assertThat(response.header("Content-Security-Policy")).isPresent();
        }
    }

    @Test
    void saysWhatRuns() {
        String info = Requests.text(Requests.get("/info").sendTo(endpoint));

        assertThat(info)
                .startsWith("{\"name\":\"shop\",\"version\":\"1.4.2\",\"environment\":\"test\",\"build\":{")
                .contains("\"commit\":\"abc1234\"", "\"policies\":[]", "\"uptimeSeconds\":", "\"processors\":")
                .contains("\"key\":\"port\"", "\"value\":8080", "\"secret\":false")
                .endsWith("\"note\":\"\\\"quoted\\\"\"}");
    }

    @Test
    void worksBelowAPath() {
        HttpEndpoint below = pages.under("/internal/ops");

        assertThat(Requests.get("/internal/ops/health/live").sendTo(below).status())
                .isEqualTo(200);
        assertThat(Requests.get("/internal/ops/").sendTo(below).header("Content-Type"))
                .contains("text/html; charset=utf-8");
        HttpResponse redirect = Requests.get("/internal/ops").sendTo(below);
        assertThat(redirect.status()).isEqualTo(308);
        assertThat(URI.create("http://x/internal/ops")
                        .resolve(redirect.header("Location").orElseThrow()))
                .isEqualTo(URI.create("http://x/internal/ops/"));
        for (String elsewhere : List.of("/health/live", "/internal/opsy/health/live", "/internal", "/")) {
            assertThat(Requests.get(elsewhere).sendTo(below).status())
                    .as(elsewhere)
                    .isEqualTo(404);
        }
    }

    @Test
    void linksToNothingByAnAbsolutePath() {
        for (String file : List.of("/", "/live/app.js", "/live/connection.js", "/live/tables.js", "/live/live.css")) {
            assertThat(Requests.text(Requests.get(file).sendTo(endpoint)))
                    .as(file)
                    .doesNotContain("href=\"/", "src=\"/", "fetch('/", "url(/", "from '/");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ops", "/ops/", "/", "/ops?a", "/ops#a"})
    void refusesWhatIsNoPrefix(String prefix) {
        assertThatThrownBy(() -> pages.under(prefix))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prefix: " + prefix);
    }

    @Test
    void namesTheMethodsThatAPageAccepts() {
        HttpResponse response = Requests.of("DELETE", "/info").sendTo(endpoint);

        assertThat(response.status()).isEqualTo(405);
        assertThat(response.header("Allow")).contains("GET, HEAD");
    }

    @Test
    void respondsToHeadOfTheEventsWithoutAStream() {
        HttpResponse response = Requests.of("HEAD", "/events").sendTo(endpoint);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.stream()).isEmpty();
        assertThat(response.header("Content-Type")).contains("text/event-stream; charset=UTF-8");
    }

    @Test
    void demandsANameAVersionAndTheAccess() {
        assertThatThrownBy(() -> OperatorPages.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("name is not set");
        assertThatThrownBy(
                        () -> OperatorPages.builder().name("shop").version("1").build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("access is not set");
    }

    @Test
    void refusesASecondComponentOfAName() {
        OperatorPages.Builder builder = builder().component("disk", ComponentKind.OTHER, () -> Condition.ok(""));

        for (String taken : List.of("disk", "listener")) {
            assertThatThrownBy(() -> builder.component(taken, ComponentKind.OTHER, () -> Condition.ok("")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("component: " + taken);
        }
    }

    @Test
    void rejectsWhatTakesTimeOnceItIsClosed() {
        pages.close();
        pages.close();

        assertThat(Requests.get("/info").sendTo(endpoint).status()).isEqualTo(503);
        assertThat(Requests.get("/health/live").sendTo(endpoint).status()).isEqualTo(200);
    }

    @Test
    void drainsThoughAComponentHangs() throws Exception {
        AtomicBoolean hangs = new AtomicBoolean();
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        try (OperatorPages hung = builder()
                .component("disk", ComponentKind.OTHER, () -> {
                    if (hangs.get()) {
                        hanging.countDown();
                        awaitUninterrupted(released);
                    }
                    return Condition.ok("");
                })
                .build()) {
            hung.listening(URI.create("http://shop.example.com"));
            hangs.set(true);
            hanging.await();

            CompletableFuture<Void> draining = CompletableFuture.runAsync(hung::draining, THREADS);
            try {
                assertThat(draining).succeedsWithin(Duration.ofSeconds(20));
                assertThat(Requests.get("/health/ready").sendTo(hung.endpoint()).status())
                        .isEqualTo(503);
            } finally {
                hangs.set(false);
                released.countDown();
            }
        }
    }

    @Test
    void rejectsWhatTakesTimeWhenAWriterOfMetricsHangs() {
        List<CompletableFuture<HttpResponse>> scrapes = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            scrapes.add(endpoint.handle(Requests.get("/metrics")).toCompletableFuture());
        }

        assertThat(scrapes.stream().filter(scrape -> !scrape.isDone())).hasSizeLessThan(300);
        HttpResponse rejected = scrapes.get(1999).join();
        assertThat(rejected.status()).isEqualTo(503);
        assertThat(rejected.header("Retry-After")).contains("1");
        assertThat(Requests.text(rejected)).contains("\"code\":\"OVERLOADED\"");
        assertThat(Requests.get("/info").sendTo(endpoint).status()).isEqualTo(503);
        assertThat(Requests.get("/health/live").sendTo(endpoint).status()).isEqualTo(200);
        mayScrape.countDown();
        assertThat(scrapes.get(0).join().status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//",
                "//ops/info",
                "/ops//info",
                "/ops/../info",
                "/ops/%2e%2e/info",
                "/ops/./info",
                "/%6Fps/info",
                "/ops/info/",
                "/ops/%69nfo",
                "/ops/live/../info",
                "/ops/loggers/",
                "/ops/health",
                "/OPS/info"
            })
    void findsNoPageByAnotherSpellingOfItsPath(String path) {
        assertThat(Requests.get(path).sendTo(pages.under("/ops")).status()).isEqualTo(404);
    }
}
