package io.tollgate.api.http;

import static io.tollgate.api.http.CompressionTest.accepting;
import static io.tollgate.api.http.CompressionTest.unzipped;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RepresentationTest {
    private static final byte[] HTML = "<p>Hello, world</p>".repeat(100).getBytes(UTF_8);

    private final Representation page = Representation.of("text/html", HTML)
            .withHeader("Cache-Control", "no-cache")
            .withHeaders(Map.of("X-Frame-Options", "DENY"));

    @Test
    void isSentAsTheClientWantsIt() {
        HttpResponse plain = page.respond(accepting(""));
        HttpResponse packed = page.respond(accepting("gzip"));

        assertThat(plain.bytes()).isSameAs(HTML);
        assertThat(plain.header("Content-Encoding")).isEmpty();
        assertThat(packed.header("Content-Encoding")).contains("gzip");
        assertThat(unzipped(packed.bytes())).isEqualTo(HTML);
        for (HttpResponse response : new HttpResponse[] {plain, packed}) {
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("Content-Type")).contains("text/html");
            assertThat(response.header("Cache-Control")).contains("no-cache");
            assertThat(response.header("X-Frame-Options")).contains("DENY");
            assertThat(response.header("Vary")).contains("Accept-Encoding");
            assertThat(response.header("ETag")).isEqualTo(plain.header("ETag"));
        }
    }

    @Test
    void isCompressedOnce() {
        assertThat(page.respond(accepting("gzip")).bytes())
                .isSameAs(page.respond(accepting("gzip")).bytes());
    }

    @Test
    void isNotSentToWhoHasIt() {
        String tag = page.respond(accepting("")).header("ETag").orElseThrow();

        HttpResponse same = page.respond(accepting("gzip").with("If-None-Match", tag));

        assertThat(same.status()).isEqualTo(304);
        assertThat(same.header("ETag")).contains(tag);
        assertThat(same.header("Vary")).contains("Accept-Encoding");
        assertThat(same.header("Cache-Control")).contains("no-cache");
        assertThat(same.header("Content-Type")).isEmpty();
        assertThat(same.header("Content-Encoding")).isEmpty();
    }

    @Test
    void isNotCompressedIfItIsSmallUnlessTheClientExcludesIt() {
        byte[] small = "x".repeat(255).getBytes(UTF_8);
        Representation tiny = Representation.of("text/plain", small);

        assertThat(tiny.respond(accepting("gzip")).bytes()).isSameAs(small);
        HttpResponse forced = tiny.respond(accepting("gzip, identity;q=0"));
        assertThat(forced.header("Content-Encoding")).contains("gzip");
        assertThat(unzipped(forced.bytes())).isEqualTo(small);
        assertThat(Representation.of("text/plain", "x".repeat(256).getBytes(UTF_8))
                        .respond(accepting("gzip"))
                        .header("Content-Encoding"))
                .contains("gzip");
    }
}
