package io.tollgate.examples.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.examples.clients.Site;
import io.tollgate.testkit.TestAuthority;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages over TLS, in HTTP/2, which the browser chooses. */
class TlsPageTest {
    @TempDir
    private Path folder;

    @Test
    void loadsThePagesOverTls() throws Exception {
        try (Site site = Site.withTls(TestAuthority.create("Test"), folder);
                Browser browser = Browser.trustingAll(1280, 900)) {
            browser.open(site.url("/docs"));
            browser.await("#operations-Tickets-purchase");
            assertThat(protocol(browser)).isEqualTo("h2");
            assertThat(browser.ask("return fetch('health', {method: 'POST'}).then(response => response.status)"))
                    .isEqualTo(405L);
            assertThat(browser.problems(405)).isEmpty();

            browser.open(site.adminUrl("/"));
            browser.awaitText("body", "Healthy");
            assertThat(protocol(browser)).isEqualTo("h2");
            assertThat(browser.problems(405)).isEmpty();
        }
    }

    private static Object protocol(Browser browser) {
        return browser.ask("return performance.getEntriesByType('navigation')[0].nextHopProtocol");
    }
}
