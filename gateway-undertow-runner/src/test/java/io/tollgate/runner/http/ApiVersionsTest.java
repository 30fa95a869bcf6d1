package io.tollgate.runner.http;

import static io.tollgate.runner.http.TestGateway.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.config.ConfigException;
import io.tollgate.runner.Gateway;
import io.tollgate.runner.routes.ApiRoute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ApiVersionsTest {
    private static final String OLD = "/api/v1/orders/event-1/purchase";
    private static final Path DOCUMENT = Path.of("..", "docs", "api-versions.md");
    private static final String BEGIN = "<!-- versions: from ApiRoute.java; `make docs` writes them -->\n";
    private static final String END = "<!-- end of versions -->";

    @Test
    void announceTheDayOfTheRemovalOnceThereIsOne() throws Exception {
        try (Gateway gateway =
                TestGateway.start("docs.sunset", "{\"/api/v1/orders/{event_id}/purchase\": 2027-06-30}")) {
            RawResponse answer = RawClient.exchange(gateway.address(), post(OLD, "{}"));

            assertThat(answer.header("Deprecation")).isEqualTo("@1767225600");
            assertThat(answer.header("Sunset")).isEqualTo("Wed, 30 Jun 2027 00:00:00 GMT");
            assertThat(answer.header("Link"))
                    .isEqualTo("</api/v1/tickets/event-1/purchase>; rel=\"successor-version\","
                            + " </docs>; rel=\"deprecation\", </docs>; rel=\"sunset\"");
        }
    }

    @Test
    void goOnAnsweringWhenThatDayHasPassed() throws Exception {
        try (Gateway gateway =
                TestGateway.start("docs.sunset", "{\"/api/v1/orders/{event_id}/purchase\": 2026-01-02}")) {
            RawResponse answer = RawClient.exchange(
                    gateway.address(), post(OLD, "{}", "Authorization: Bearer " + TestGateway.TOKEN + "\r\n"));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Sunset")).isEqualTo("Fri, 02 Jan 2026 00:00:00 GMT");
        }
    }

    @Test
    void haveNoSunsetOfWhatIsNotDeprecated() {
        assertThatThrownBy(() -> TestGateway.builder("docs.sunset", "{/api/v1/users/login: 2027-06-30}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no deprecated route (expected: /api/v1/orders/{event_id}/purchase)");
        assertThatThrownBy(() -> TestGateway.builder("docs.sunset", "{\"/api/v1/orders/{event_id}/purchase\": soon}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("soon (expected: a day such as 2027-06-30)");
    }

    @Test
    void areNamedToThoseWhoAskForAnother() {
        assertThat(ApiVersions.whyNothing("/api/v2/users/login"))
                .isEqualTo("There is no version v2 of this API; there is v1.");
        assertThat(ApiVersions.whyNothing("/api/v1/users/nothing")).isEqualTo("There is nothing at this path.");
        assertThat(ApiVersions.whyNothing("/api/v99999999999/x")).isEqualTo("There is nothing at this path.");
    }

    @Test
    void areWrittenDown() throws IOException {
        String document = Files.readString(DOCUMENT);
        int begin = document.indexOf(BEGIN) + BEGIN.length();
        int end = document.indexOf(END);
        assertThat(end).as("the marks of the table").isGreaterThanOrEqualTo(begin);

        if (Boolean.getBoolean("tollgate.docs.write")) {
            Files.writeString(DOCUMENT, document.substring(0, begin) + markdown() + document.substring(end));
        } else {
            assertThat(document.substring(begin, end))
                    .as("make docs writes it anew")
                    .isEqualTo(markdown());
        }
    }

    /** The table as Markdown. */
    private static String markdown() {
        StringBuilder table = new StringBuilder(
                "| Route | Version | Since release | Deprecated since | Removed at | Use instead |\n");
        table.append("|---|---|---|---|---|---|\n");
        for (ApiRoute route : ApiRoute.values()) {
            route.version().ifPresent(version -> {
                Optional<ApiRoute.Deprecation> deprecation = route.deprecation();
                table.append("| `").append(route.method()).append(' ').append(route.template());
                table.append("` | ").append(version);
                table.append(" | ").append(route.sinceRelease());
                table.append(" | ")
                        .append(deprecation.map(d -> d.since().toString()).orElse("–"));
                table.append(" | –");
                table.append(" | ")
                        .append(deprecation
                                .map(d -> "`" + d.successor().template() + "`")
                                .orElse("–"));
                table.append(" |\n");
            });
        }
        return table.toString();
    }
}
