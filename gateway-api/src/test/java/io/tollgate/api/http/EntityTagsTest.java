package io.tollgate.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntityTagsTest {
    private static final HttpResponse PRICES =
            HttpResponse.json(200, "{\"a\":1}".getBytes(UTF_8)).withHeader("Cache-Control", "no-cache");

    @Test
    void tagsAResponseByItsBytes() {
        String tag = EntityTags.apply(asking("GET", ""), PRICES).header("ETag").orElseThrow();

        assertThat(tag).matches("W/\"[0-9a-f]{24}\"");
        assertThat(EntityTags.apply(asking("HEAD", ""), PRICES).header("ETag")).contains(tag);
        assertThat(EntityTags.apply(asking("GET", ""), HttpResponse.json(200, "{\"a\":2}".getBytes(UTF_8)))
                        .header("ETag")
                        .orElseThrow())
                .isNotEqualTo(tag);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    void whoHasTheContentGetsTheHeadersAloneThatAreNotOfABody(String method) {
        HttpResponse response = PRICES.withHeader("Content-Language", "en").withHeader("X-Own", "1");
        String tag =
                EntityTags.apply(asking(method, ""), response).header("ETag").orElseThrow();

        HttpResponse same = EntityTags.apply(asking(method, tag), response);

        assertThat(same.status()).isEqualTo(304);
        assertThat(same.bytes()).isEmpty();
        List<String> headers = new ArrayList<>();
        same.forEachHeader((name, value) -> headers.add(name + ": " + value));
        assertThat(headers).containsExactly("Cache-Control: no-cache", "X-Own: 1", "ETag: " + tag);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"v7\"                | true",
                "W/\"v7\"              | true",
                "*                     | true",
                "\"v6\", \"v7\"        | true",
                "\"v6\",W/\"v7\"       | true",
                ", , \"v7\"            | true",
                "\"a,b\", \"v7\"       | true",
                "\"v7,\"               | false",
                "\"v6\"                | false",
                "v7                    | false",
                "w/\"v7\"              | false",
                "\"v7                  | false",
                "\"x\"\"v7\"           | true",
                "x, \"v7\"             | false",
                "\"\"                  | false",
                "W/                    | false",
                "W/\"v7                | false",
                "\"*\"                 | false"
            },
            quoteCharacter = '\'')
    void comparesWeaklyWithEachOfAList(String ifNoneMatch, boolean matches) {
        for (String own : List.of("\"v7\"", "W/\"v7\"")) {
            HttpResponse response = EntityTags.apply(asking("GET", ifNoneMatch), PRICES.withHeader("ETag", own));

            assertThat(response.status()).as(own).isEqualTo(matches ? 304 : 200);
            assertThat(response.header("ETag")).contains(own);
        }
    }

    @Test
    void linesAreOneList() {
        assertThat(EntityTags.matches(List.of("\"v6\"", "\"v7\""), "\"v7\"")).isTrue();
        assertThat(EntityTags.matches(List.of(), "\"v7\"")).isFalse();
    }

    @Test
    void onlyReadingSucceededResponsesHaveTags() {
        for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS")) {
            assertThat(EntityTags.apply(asking(method, "*"), PRICES)).isSameAs(PRICES);
        }
        for (int status : new int[] {201, 206, 404, 503}) {
            HttpResponse response = HttpResponse.json(status, new byte[] {1});
            assertThat(EntityTags.apply(asking("GET", "*"), response)).isSameAs(response);
        }
    }

    @Test
    void aStreamHasTheTagOfItsEndpointOrNone() {
        Flow.Publisher<ByteBuffer> body = subscriber -> {
            throw new AssertionError("subscribed to");
        };
        HttpResponse stream = HttpResponse.streaming(200, "text/csv", body);

        assertThat(EntityTags.apply(asking("GET", "*"), stream)).isSameAs(stream);
        HttpResponse same = EntityTags.apply(asking("GET", "\"v7\""), stream.withHeader("ETag", "\"v7\""));
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.stream()).isEmpty();
    }

    private static HttpRequestHead asking(String method, String ifNoneMatch) {
        return HttpRequestHead.of(
                method,
                "/prices",
                InetAddress.getLoopbackAddress(),
                name -> name.equals("If-None-Match") && !ifNoneMatch.isEmpty() ? List.of(ifNoneMatch) : null);
    }
}
