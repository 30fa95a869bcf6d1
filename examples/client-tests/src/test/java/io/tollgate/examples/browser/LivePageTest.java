package io.tollgate.examples.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.examples.clients.Site;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** An operator at the live page, while others use the gateway. */
class LivePageTest {
    private static final String TOKEN = "a-token-of-operators";

    /** Pictures for people deserve more than the few seconds that a test takes. */
    private static final int SECONDS = Boolean.getBoolean("tollgate.docs.write") ? 50 : 3;

    private Browser browser;

    @BeforeEach
    void start() {
        browser = new Browser(1280, 1000);
    }

    @AfterEach
    void stop() {
        browser.close();
    }

    @Test
    void showsATicketThatIsBoughtAndWhyARequestIsRefused() {
        try (Site site = new Site("REDIS_TOKEN_BUCKET_CAPACITY", "40", "REDIS_TOKEN_BUCKET_REFILL_RATE", "5")) {
            Visitors visitors = new Visitors(site);
            browser.open(site.adminUrl("/"));
            browser.awaitText("#connection", "Live");
            browser.awaitText("#overall", "Healthy");
            browser.awaitText("#recent", "No requests yet");
            browser.awaitText("#errors", "No errors");

            String token = visitors.register("bea");
            HttpResponse<String> bought = visitors.buy("rock-2026", token);
            assertThat(bought.statusCode()).isEqualTo(200);
            assertThat(browser.awaitText("#recent", "POST /api/v1/tickets/{event_id}/purchase"))
                    .contains("200", bought.headers().firstValue("X-Request-Id").orElseThrow())
                    .contains("user:");

            HttpResponse<String> refused = useUp(visitors);
            String why = browser.awaitText("#errors", "RATE_LIMIT_EXCEEDED");
            assertThat(why)
                    .contains("GET /health", "Policy", "default", "40 tokens, refilled at 5 a second")
                    .contains("Bucket of", "ip:127.0.0.1", "Passes again");
            browser.awaitText(
                    "#errors", refused.headers().firstValue("X-Request-Id").orElseThrow());
            browser.awaitText("#keys", "ip:127.0.0.1");
            browser.awaitText("#policies", "default");
            assertThat(browser.awaitText("#components", "order-service")).contains("connected", "OK");

            trafficFor(SECONDS, visitors, token);
            assertChartsAreDrawn();
            browser.ask("scrollTo(0, 0)");
            browser.picture("live-light");
            browser.prefersColorScheme("dark");
            awaitTheme("dark");
            trafficFor(2, visitors, token);
            browser.picture("live-dark");

            browser.prefersColorScheme("light");
            browser.becomeAPhone();
            awaitTheme("light");
            trafficFor(2, visitors, token);
            browser.assertFitsItsWidth();
            browser.ask("scrollTo(0, 0)");
            browser.picture("live-phone");
            browser.ask("document.getElementById('h-errors').scrollIntoView({behavior: 'instant'})");
            browser.picture("live-phone-429");

            assertThat(browser.problems()).isEmpty();
        }
    }

    @Test
    void survivesARestartOfTheGatewayAndMixesNothingUp() {
        Site first = new Site();
        int port = first.adminPort();
        try {
            browser.open(first.adminUrl("/"));
            browser.awaitText("#connection", "Live");
            new Visitors(first).get("/before-the-restart");
            browser.awaitText("#errors", "ROUTE_NOT_FOUND");
            assertThat(browser.problems()).isEmpty();
        } finally {
            first.close();
        }
        browser.awaitText("#connection", "Connection lost, trying again");
        assertThat(browser.has("body[data-stale]")).isTrue();
        browser.picture("live-lost");

        try (Site second = new Site("SERVER_ADMIN_PORT", Integer.toString(port))) {
            browser.awaitText("#connection", "Live");
            browser.awaitText("#notice", "The gateway was started anew");
            browser.awaitText("#errors", "No errors");
            browser.awaitText("#recent", "No requests yet");
            new Visitors(second).get("/health");
            browser.awaitText("#recent", "GET /health");
        }
    }

    @Test
    void asksForTheTokenWhereThereIsOne() {
        try (Site site = new Site("SERVER_ADMIN_TOKEN", TOKEN)) {
            browser.open(site.adminUrl("/"));
            browser.await("#ask");
            browser.press("not the token of operators", Keys.ENTER);
            browser.awaitText("#ask-wrong", "That was not the token");
            browser.press(TOKEN, Keys.ENTER);
            browser.awaitText("#connection", "Live");

            browser.open(site.adminUrl("/"));
            browser.awaitText("#connection", "Live");
            assertThat(browser.problems(401)).isEmpty();
        }
    }

    @Test
    void isUsedWithTheKeyboardAlone() {
        try (Site site = new Site()) {
            browser.open(site.adminUrl("/"));
            browser.awaitText("#connection", "Live");

            browser.press(Keys.TAB);
            assertThat(focused()).isEqualTo("Skip to the figures");
            browser.press(Keys.TAB);
            assertThat(browser.ask("return document.activeElement.name")).isEqualTo("window");
            browser.press(Keys.TAB);
            assertThat(focused()).isEqualTo("Pause");
            browser.press(Keys.SPACE);
            assertThat(browser.ask("return document.activeElement.getAttribute('aria-pressed')"))
                    .isEqualTo("true");
            browser.press(Keys.SPACE);
            browser.press(Keys.TAB);
            assertThat(focused()).isEqualTo("Theme: auto");
            browser.press(Keys.ENTER, Keys.ENTER);
            awaitTheme("dark");
            browser.press(Keys.TAB);
            assertThat(focused()).isEqualTo("Show as a table");
            browser.press(Keys.ENTER);
            browser.awaitText("#chart-requests details table", "2xx");
            assertThat(browser.ask("return document.querySelectorAll('main section[aria-labelledby] h2').length"))
                    .isEqualTo(browser.ask("return document.querySelectorAll('main section').length"));
            assertThat(browser.problems()).isEmpty();
        }
    }

    private Object focused() {
        return browser.ask("return document.activeElement.textContent");
    }

    private void awaitTheme(String theme) {
        browser.await("html[data-theme=" + theme + "]");
        Awaitility.await()
                .until(() -> Boolean.TRUE.equals(
                        browser.ask("return document.querySelectorAll('.plot canvas').length === 5")));
    }

    /** Some pixels of each are coloured. */
    private void assertChartsAreDrawn() {
        Awaitility.await()
                .untilAsserted(() -> assertThat(
                                browser.ask(
                                        "return [...document.querySelectorAll('.plot canvas')].filter(c =>"
                                                + " c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(b => b)).length"))
                        .isEqualTo(5L));
    }

    /** Asks until it is refused. */
    private static HttpResponse<String> useUp(Visitors visitors) {
        for (int i = 0; i < 200; i++) {
            HttpResponse<String> answer = visitors.get("/health");
            if (answer.statusCode() == 429) {
                return answer;
            }
        }
        throw new AssertionError("never refused");
    }

    private static void trafficFor(int seconds, Visitors visitors, String token) {
        long begun = System.nanoTime();
        Awaitility.await()
                .atMost(Duration.ofSeconds(seconds + 60L))
                .pollInterval(Duration.ofMillis(300))
                .until(() -> {
                    for (int i = 0; i < 4; i++) {
                        visitors.get("/health");
                    }
                    visitors.buy("rock-2026", token);
                    visitors.buy("sold-out-show", token);
                    visitors.post(
                            "/api/v1/users/login", "{\"email\":\"ann@example.org\",\"password\":\"wrong horse\"}");
                    return System.nanoTime() - begun > seconds * 1_000_000_000L;
                });
    }
}
