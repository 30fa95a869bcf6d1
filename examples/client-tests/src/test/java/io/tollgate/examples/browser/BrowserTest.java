package io.tollgate.examples.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.examples.clients.Site;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The means of the other tests: a browser that overlooks nothing. */
class BrowserTest {
    private static final Site site = new Site();
    private static final Browser browser = new Browser(800, 600);

    @AfterAll
    static void stop() {
        browser.close();
        site.close();
    }

    @Test
    void reachesTheGateway() {
        browser.open(site.url("/health"));

        assertThat(browser.await("body").getText()).contains("\"status\":\"ok\"");
    }

    @Test
    void tellsOfErrorsInAPage() {
        browser.open("data:text/html,<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">"
                + "<script>document.title = 'refused'</script>");

        Awaitility.await()
                .untilAsserted(() -> assertThat(browser.problems())
                        .anyMatch(problem -> problem.contains("Content Security Policy")));
    }
}
