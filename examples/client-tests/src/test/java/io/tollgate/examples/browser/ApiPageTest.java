package io.tollgate.examples.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.examples.clients.Site;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A newcomer at {@code /docs}, who clicks and types nothing. */
class ApiPageTest {
    private static final String REGISTER = "#operations-Accounts-register";
    private static final String LOGIN = "#operations-Accounts-login";
    private static final String REFRESH = "#operations-Accounts-refresh";
    private static final String PURCHASE = "#operations-Tickets-purchase";

    private Site site;
    private Browser browser;

    @BeforeEach
    void start() {
        site = new Site();
        browser = new Browser(1280, 900);
    }

    @AfterEach
    void stop() {
        browser.close();
        site.close();
    }

    @Test
    void registersLogsInBuysAndIsToldToSlowDown() {
        browser.open(site.url("/docs"));
        browser.await(REGISTER);
        assertThat(browser.awaitText("#session", "No token yet")).isNotEmpty();
        browser.picture("docs-overview");

        open(REGISTER);
        execute(REGISTER);
        assertThat(answer(REGISTER, "201")).contains("\"username\": \"ann-");
        browser.awaitText("#session", "Logged in as ann-");
        String first = answer(REGISTER, "201");
        execute(REGISTER);
        assertThat(browser.awaitOtherText(REGISTER + " .live-responses-table tbody .response-col_description", first))
                .contains("\"username\": \"ann-");

        open(LOGIN);
        execute(LOGIN);
        assertThat(answer(LOGIN, "200")).contains("accessToken");

        open(REFRESH);
        execute(REFRESH);
        assertThat(answer(REFRESH, "200")).contains("accessToken");
        browser.awaitText("#session", "The fresh token is remembered");

        open(PURCHASE);
        execute(PURCHASE);
        assertThat(answer(PURCHASE, "200"))
                .contains("\"eventId\": \"rock-2026\"")
                .contains("\"status\": \"confirmed\"");

        // The token is the user's, and so is the bucket: most of it goes by a script, the rest by clicking on.
        browser.ask("const token = JSON.parse(localStorage.authorized).accessToken.value;"
                + " return Promise.all([...Array(20)].map(() => fetch('api/v1/tickets/rock-2026/purchase',"
                + " {method: 'POST', headers: {Authorization: 'Bearer ' + token}})))");
        execute(PURCHASE);
        for (int i = 0; i < 10 && !browser.awaitText("#limit", "Rate limit").contains("refused"); i++) {
            execute(PURCHASE);
        }
        assertThat(answer(PURCHASE, "429"))
                .contains("RATE_LIMIT_EXCEEDED")
                .contains("\"capacity\": 20")
                .contains("next_refill");
        assertThat(browser.awaitText("#limit", "refused"))
                .contains("none of 20 left")
                .contains("Try again in");
        browser.show(PURCHASE + " .live-responses-table");
        browser.picture("docs-429");

        browser.open(site.url("/docs"));
        browser.awaitText("#session", "A token of an earlier visit");
        browser.click("#forget");
        browser.awaitText("#session", "The token is forgotten");

        assertThat(browser.problems(429)).isEmpty();
    }

    @Test
    void fitsAPhone() {
        browser.becomeAPhone();
        browser.open(site.url("/docs"));
        browser.await(REGISTER);
        browser.assertFitsItsWidth();
        browser.picture("docs-phone");

        open(PURCHASE);
        execute(PURCHASE);
        assertThat(answer(PURCHASE, "401")).contains("MISSING_TOKEN");
        browser.assertFitsItsWidth();

        assertThat(browser.problems(401)).isEmpty();
    }

    private void open(String operation) {
        browser.click(operation + " .opblock-summary-control");
    }

    private void execute(String operation) {
        browser.click(operation + " .execute");
    }

    private String answer(String operation, String status) {
        browser.awaitText(operation + " .live-responses-table tbody .response-col_status", status);
        return browser.await(operation + " .live-responses-table tbody .response-col_description")
                .getText();
    }
}
