package io.tollgate.api.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.InetAddress;

/** Lets a client write anything into the headers by which it chooses a form of a response. */
class ContentNegotiationFuzzTest {
    private static final byte[] CONTENT = "content ".repeat(200).getBytes(ISO_8859_1);
    private static final HttpResponse PLAIN = HttpResponse.of(200, "text/plain", CONTENT);

    /** Whatever is accepted, the client gets the content. */
    @FuzzTest
    void anyAcceptEncodingGetsTheContent(byte[] bytes) {
        HttpResponse response = Compression.gzip().apply(head("Accept-Encoding", new String(bytes, ISO_8859_1)), PLAIN);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Vary")).contains("Accept-Encoding");
        boolean packed = response.header("Content-Encoding").isPresent();
        assertThat(packed ? CompressionTest.unzipped(response.bytes()) : response.bytes())
                .isEqualTo(CONTENT);
    }

    /** Only who names the tag, or all, gets no content; a valid list that names it does, whatever else is in it. */
    @FuzzTest
    void onlyWhoNamesTheTagIsSentNothing(byte[] bytes) {
        String text = new String(bytes, ISO_8859_1).replaceAll("[\r\n\0]", "");
        HttpResponse tagged = PLAIN.withHeader("ETag", "\"v7\"");

        HttpResponse response = EntityTags.apply(head("If-None-Match", text), tagged);
        HttpResponse listed =
                EntityTags.apply(head("If-None-Match", "\"" + text.replace('"', '-') + "\", W/\"v7\""), tagged);

        if (response.status() == 304) {
            assertThat(text)
                    .matches(any -> any.contains("\"v7\"") || any.strip().equals("*"));
        }
        assertThat(listed.status()).isEqualTo(304);
    }

    private static TestHead head(String name, String value) {
        return new TestHead(InetAddress.getLoopbackAddress()).with(name, value);
    }
}
