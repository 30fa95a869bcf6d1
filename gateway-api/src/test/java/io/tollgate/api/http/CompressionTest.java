package io.tollgate.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionTest {
    private static final byte[] LIST =
            "{\"event\":\"rock-2026\",\"seats\":100},".repeat(100).getBytes(UTF_8);

    private final Compression compression = Compression.gzip();

    @Test
    void compressesForWhoAcceptsIt() {
        HttpResponse response = compression.apply(accepting("gzip"), HttpResponse.json(200, LIST));

        assertThat(response.header("Content-Encoding")).contains("gzip");
        assertThat(response.header("Vary")).contains("Accept-Encoding");
        assertThat(response.header("Content-Type")).contains("application/json");
        assertThat(response.bytes().length).isLessThan(LIST.length / 5);
        assertThat(unzipped(response.bytes())).isEqualTo(LIST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "br", "gzip;q=0", "identity, gzip;q=0.5"})
    void leavesAsItIsForWhoDoesNotAndSaysThatItVaries(String accepted) {
        HttpResponse response = compression.apply(accepting(accepted), HttpResponse.json(200, LIST));

        assertThat(response.header("Content-Encoding")).isEmpty();
        assertThat(response.header("Vary")).contains("Accept-Encoding");
        assertThat(response.bytes()).isSameAs(LIST);
    }

    @Test
    void compressesFromASizeOnUpToASizeOnly() {
        Compression bounded = Compression.builder().minBytes(100).maxBytes(200).build();

        assertThat(encoding(bounded, "gzip", 99)).isEqualTo("none");
        assertThat(encoding(bounded, "gzip", 100)).isEqualTo("gzip");
        assertThat(encoding(bounded, "gzip", 200)).isEqualTo("gzip");
        assertThat(encoding(bounded, "gzip", 201)).isEqualTo("none");
        assertThat(encoding(compression, "gzip", 1023)).isEqualTo("none");
        assertThat(encoding(compression, "gzip", 1024)).isEqualTo("gzip");
        assertThat(encoding(compression, "gzip", 256 * 1024)).isEqualTo("gzip");
        assertThat(encoding(compression, "gzip", 256 * 1024 + 1)).isEqualTo("none");
        assertThat(encoding(compression, "gzip, identity;q=0", 1))
                .as("what must not be sent as it is")
                .isEqualTo("gzip");
    }

    @Test
    void doesNotCompressWhatWouldGrow() {
        long seed = System.nanoTime();
        byte[] noise = new byte[4096];
        new Random(seed).nextBytes(noise);

        HttpResponse plain = compression.apply(accepting("gzip"), HttpResponse.json(200, noise));
        HttpResponse forced = compression.apply(accepting("gzip, identity;q=0"), HttpResponse.json(200, noise));

        assertThat(plain.bytes()).as("seed %d", seed).isSameAs(noise);
        assertThat(plain.header("Content-Encoding")).isEmpty();
        assertThat(unzipped(forced.bytes())).as("seed %d", seed).isEqualTo(noise);
    }

    @Test
    void leavesAloneWhatIsNoPlainSuccess() {
        HttpResponse ok = HttpResponse.json(200, LIST);
        HttpResponse stream = HttpResponse.streaming(200, "text/event-stream", new SubmissionPublisher<ByteBuffer>());
        for (HttpResponse untouched : new HttpResponse[] {
            stream,
            HttpResponse.json(400, LIST),
            HttpResponse.json(206, LIST),
            HttpResponse.empty(204),
            HttpResponse.empty(200),
            ok.withHeader("Content-Encoding", "br"),
            ok.withHeader("Cache-Control", "public, No-Transform")
        }) {
            assertThat(compression.apply(accepting("gzip"), untouched)).isSameAs(untouched);
        }
    }

    @Test
    void weakensAStrongTagOfWhatItCompresses() {
        HttpResponse tagged = HttpResponse.json(200, LIST).withHeader("ETag", "\"v7\"");

        assertThat(compression.apply(accepting("gzip"), tagged).header("ETag")).contains("W/\"v7\"");
        assertThat(compression.apply(accepting(""), tagged).header("ETag")).contains("\"v7\"");
        assertThat(compression
                        .apply(accepting("gzip"), tagged.withHeader("ETag", "W/\"v7\""))
                        .header("ETag"))
                .contains("W/\"v7\"");
    }

    @Test
    void addsToWhatAResponseVariesByAlready() {
        HttpResponse ok = HttpResponse.json(200, LIST);

        assertThat(compression
                        .apply(accepting("gzip"), ok.withHeader("Vary", "Origin"))
                        .header("Vary"))
                .contains("Origin, Accept-Encoding");
        assertThat(compression
                        .apply(accepting("gzip"), ok.withHeader("Vary", "accept-encoding, A"))
                        .header("Vary"))
                .contains("accept-encoding, A");
        assertThat(compression
                        .apply(accepting("gzip"), ok.withHeader("Vary", "*"))
                        .header("Vary"))
                .contains("*");
        assertThat(compression.apply(accepting("gzip"), HttpResponse.empty(304)).header("Vary"))
                .contains("Accept-Encoding");
    }

    @Test
    void wrapsAnEndpointThatHasTags() {
        HttpEndpoint endpoint = compression.around(
                EntityTags.around(request -> CompletableFuture.completedStage(HttpResponse.json(200, LIST))));

        HttpResponse packed = respond(endpoint, accepting("gzip"));
        HttpResponse plain = respond(endpoint, accepting(""));
        String tag = packed.header("ETag").orElseThrow();
        assertThat(plain.header("ETag")).contains(tag);
        assertThat(tag).startsWith("W/\"");

        HttpResponse same = respond(endpoint, accepting("gzip").with("If-None-Match", tag));
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.header("Vary")).contains("Accept-Encoding");
        assertThat(same.header("Content-Encoding")).isEmpty();
    }

    @Test
    void compressesWhereItsExecutorRuns() {
        AtomicReference<Runnable> task = new AtomicReference<>();
        HttpEndpoint endpoint = Compression.builder()
                .executor(task::set)
                .build()
                .around(request -> CompletableFuture.completedStage(HttpResponse.json(200, LIST)));

        CompletableFuture<HttpResponse> response =
                endpoint.handle(new TestRequest(accepting("gzip"))).toCompletableFuture();

        assertThat(response).isNotDone();
        task.get().run();
        assertThat(response.join().header("Content-Encoding")).contains("gzip");
    }

    @Test
    void rejectsBoundsThatAreNone() {
        assertThatThrownBy(() -> Compression.builder().minBytes(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("minBytes: 0 (expected: 1 to 67108864)");
        assertThatThrownBy(() -> Compression.builder().maxBytes(67_108_865))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxBytes: 67108865 (expected: 1 to 67108864)");
    }

    private static String encoding(Compression compression, String accepted, int size) {
        HttpResponse response = compression.apply(accepting(accepted), HttpResponse.json(200, new byte[size]));
        return response.header("Content-Encoding").orElse("none");
    }

    private static HttpResponse respond(HttpEndpoint endpoint, TestHead head) {
        return endpoint.handle(new TestRequest(head)).toCompletableFuture().join();
    }

    static TestHead accepting(String encoding) {
        TestHead head = new TestHead(InetAddress.getLoopbackAddress());
        return encoding.isEmpty() ? head : head.with("Accept-Encoding", encoding);
    }

    static byte[] unzipped(byte[] gzip) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
