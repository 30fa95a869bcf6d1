package io.tollgate.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpResponse;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ApiPagesTest {
    private static final byte[] DESCRIPTION = "{\"openapi\":\"3.1.0\"}".getBytes(UTF_8);

    private final ApiPages pages = ApiPages.builder()
            .title("Shoes & <socks>")
            .description(() -> DESCRIPTION)
            .build();

    @Test
    void showsTheDescription() {
        HttpResponse response = Requests.get("/openapi.json").sendTo(pages.endpoint());

        assertThat(response.bytes()).isEqualTo(DESCRIPTION);
        assertThat(response.header("Content-Type")).contains("application/json");
        assertThat(response.header("Cache-Control")).contains("no-cache");
    }

    @Test
    void hasAllThatThePageLoadsBelowAnyPath() {
        HttpEndpoint below = pages.under("/for/developers");
        String html = Requests.text(Requests.get("/for/developers/docs").sendTo(below));
        assertThat(html).contains("<title>Shoes &amp; &lt;socks&gt;</title>");
        Matcher links = Pattern.compile("(?:src|href)=\"([^\"]+)\"").matcher(html);
        int found = 0;
        while (links.find()) {
            found++;
            String path =
                    URI.create("/for/developers/docs").resolve(links.group(1)).toString();
            HttpResponse file = Requests.get(path).sendTo(below);
            assertThat(file.status()).as(path).isEqualTo(200);
            assertThat(file.bytes()).as(path).isNotEmpty();
        }
        assertThat(found).isGreaterThan(4);
        HttpResponse redirect = Requests.get("/for/developers/docs/").sendTo(below);
        assertThat(URI.create("/for/developers/docs/")
                        .resolve(redirect.header("Location").orElseThrow()))
                .hasToString("/for/developers/docs");
    }

    @Test
    void rejectsOtherPathsAndMethods() {
        assertThat(Requests.get("/docs/nothing").sendTo(pages.endpoint()).status())
                .isEqualTo(404);
        HttpResponse method = Requests.of("POST", "/docs").sendTo(pages.endpoint());
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.header("Allow")).contains("GET, HEAD");
    }

    @Test
    void isTheDescriptionAloneWithoutThePage() {
        ApiPages alone = ApiPages.builder()
                .title("Shoes")
                .description(() -> DESCRIPTION)
                .withoutPage()
                .build();

        assertThat(alone.routes()).containsOnlyKeys("/openapi.json");
        assertThat(Requests.get("/docs").sendTo(alone.endpoint()).status()).isEqualTo(404);
    }

    @Test
    void makesTheDescriptionOnceAndAgainAfterAFailure() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        HttpEndpoint endpoint = ApiPages.builder()
                .title("Shoes")
                .description(() -> {
                    if (calls.incrementAndGet() == 1) {
                        throw new IllegalStateException("on purpose");
                    }
                    return DESCRIPTION;
                })
                .build()
                .endpoint();

        assertThat(endpoint.handle(Requests.get("/openapi.json")).toCompletableFuture())
                .failsWithin(java.time.Duration.ofSeconds(30));
        for (int i = 0; i < 3; i++) {
            assertThat(Requests.get("/openapi.json").sendTo(endpoint).status()).isEqualTo(200);
        }
        assertThat(calls).hasValue(2);
    }

    @Test
    void compressesForWhoAcceptsItAndSendsNothingToWhoHasIt() {
        HttpEndpoint endpoint = pages.endpoint();
        HttpResponse plain = Requests.get("/docs/page.js").sendTo(endpoint);
        HttpResponse packed = Requests.get("/docs/page.js", "Accept-Encoding", "br, GZIP;q=0.5")
                .sendTo(endpoint);

        assertThat(plain.header("Content-Encoding")).isEmpty();
        assertThat(packed.header("Content-Encoding")).contains("gzip");
        assertThat(packed.bytes().length).isLessThan(plain.bytes().length);
        assertThat(packed.header("Vary")).contains("Accept-Encoding");
        String tag = packed.header("ETag").orElseThrow();
        assertThat(plain.header("ETag")).contains(tag);
        for (String known : List.of(tag, "\"x\", " + tag, tag.substring(2), "*")) {
            HttpResponse same =
                    Requests.get("/docs/page.js", "If-None-Match", known).sendTo(endpoint);
            assertThat(same.status()).as(known).isEqualTo(304);
            assertThat(same.header("ETag")).contains(tag);
        }
        assertThat(Requests.get("/docs/page.js", "If-None-Match", "\"x\"")
                        .sendTo(endpoint)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void demandsATitleAndADescription() {
        assertThatThrownBy(() -> ApiPages.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("title is not set");
        assertThatThrownBy(() -> ApiPages.builder().title("Shoes").build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("description is not set");
    }
}
