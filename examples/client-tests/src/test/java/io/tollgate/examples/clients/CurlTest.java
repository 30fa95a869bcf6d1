package io.tollgate.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.testkit.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All versions of HTTP, and TLS, as curl speaks them. */
class CurlTest {
    private static final List<String> CURL = List.of("curl", "-sS", "--max-time", "20");
    private static final Pattern TOKEN = Pattern.compile("\"accessToken\":\"([^\"]+)\"");
    private static final String ANN = "{\"email\":\"ann@example.org\",\"password\":\"correct horse\"}";

    @TempDir
    private Path folder;

    /** Returns the body, and behind it the status and the version of HTTP. */
    private static String curl(String... arguments) throws Exception {
        List<String> curl = new ArrayList<>(CURL);
        curl.addAll(List.of("-w", " [%{http_code} in %{http_version}]"));
        return Command.output(curl, arguments);
    }

    private static String curl(List<String> options, String... more) throws Exception {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return curl(all.toArray(String[]::new));
    }

    private static void assertBuysATicket(Site site, String version, String... options) throws Exception {
        Matcher token = TOKEN.matcher(curl(
                List.of(options), "-H", "Content-Type: application/json", "-d", ANN, site.url("/api/v1/users/login")));
        assertThat(token.find()).isTrue();

        String authorization = "Authorization: Bearer " + token.group(1);
        String purchase = site.url("/api/v1/tickets/rock-2026/purchase");
        assertThat(curl(List.of(options), "-X", "POST", "-H", authorization, purchase))
                .contains("\"status\":\"confirmed\"")
                .endsWith(" [200 in " + version + "]");
    }

    @Test
    void speaksHttp2WithPriorKnowledge() throws Exception {
        try (Site site = new Site("SERVER_HTTP_H2C", "true")) {
            assertBuysATicket(site, "2", "--http2-prior-knowledge");
        }
    }

    @Test
    void upgradesToHttp2() throws Exception {
        try (Site site = new Site("SERVER_HTTP_H2C", "true")) {
            assertThat(curl("--http2", site.url("/health"))).endsWith(" [200 in 2]");
            assertThat(curl("--http2", site.url("/health"), site.url("/health")))
                    .as("the second request on the upgraded connection")
                    .endsWith(" [200 in 2]");
            assertThat(curl("--http1.1", site.url("/health"))).endsWith(" [200 in 1.1]");
        }
    }

    @Test
    void staysWithHttp11WhereHttp2IsNotEnabled() throws Exception {
        try (Site site = new Site()) {
            assertThat(curl("--http2", site.url("/health"))).endsWith(" [200 in 1.1]");
            assertBuysATicket(site, "1.1", "--http2");
        }
    }

    @Test
    void choosesTheVersionInTheTlsHandshake() throws Exception {
        try (Site site = Site.withTls(TestAuthority.create("Test"), folder)) {
            String ca = folder.resolve("ca.crt").toString();
            assertBuysATicket(site, "2", "--cacert", ca);
            assertBuysATicket(site, "1.1", "--cacert", ca, "--http1.1");
            assertBuysATicket(site, "2", "--cacert", ca, "--tls-max", "1.2");
            assertThat(curl("--cacert", ca, site.adminUrl("/health/live"))).endsWith(" [200 in 2]");

            Command untrusted = Command.run(CURL, site.url("/health"));
            assertThat(untrusted.output()).contains("SSL certificate problem");
            assertThat(curl("http://" + site.address() + "/health"))
                    .contains("HTTPS")
                    .endsWith(" [400 in 1.1]");
        }
    }

    @ParameterizedTest
    @CsvSource({"--http1.1, 1.1", "--http2-prior-knowledge, 2"})
    void getsTheSameErrorsInAllVersions(String option, String version) throws Exception {
        try (Site site = new Site("SERVER_HTTP_H2C", "true")) {
            assertThat(curl(option, "-X", "POST", site.url("/api/v1/tickets/rock-2026/purchase")))
                    .contains("\"code\":\"MISSING_TOKEN\"")
                    .endsWith(" [401 in " + version + "]");
            assertThat(curl(option, site.url("/nothing")))
                    .contains("\"code\":\"ROUTE_NOT_FOUND\"")
                    .endsWith(" [404 in " + version + "]");

            Path large = Files.write(folder.resolve("large.json"), new byte[3 << 20]);
            String login = site.url("/api/v1/users/login");
            assertThat(curl(option, "-H", "Content-Type: application/json", "--data-binary", "@" + large, login))
                    .endsWith(" [413 in " + version + "]");
        }
    }

    @Test
    void decompressesWhatItGetsAndAsksAgainByTag() throws Exception {
        try (Site site = new Site("SERVER_HTTP_H2C", "true")) {
            String document = site.url("/openapi.json");
            String whole = curl("--http2-prior-knowledge", document);
            assertThat(curl("--http2-prior-knowledge", "--compressed", document))
                    .isEqualTo(whole);

            String tag = folder.resolve("tag").toString();
            curl("--http2-prior-knowledge", "--etag-save", tag, document);
            assertThat(curl("--http2-prior-knowledge", "--etag-compare", tag, document))
                    .isEqualTo(" [304 in 2]");
        }
    }
}
