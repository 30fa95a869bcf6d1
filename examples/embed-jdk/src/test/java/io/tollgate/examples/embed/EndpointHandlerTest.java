package io.tollgate.examples.embed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.tollgate.api.http.HttpResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams on the JDK's server, over a real socket. */
class EndpointHandlerTest {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        publisher.close();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void writesAStreamToItsEnd() throws Exception {
        serve(200, emitting("one", "two", null));

        assertThat(send("GET").body()).isEqualTo("onetwo");
        assertThat(send("GET").statusCode()).isEqualTo(200);
    }

    @Test
    void breaksOffWhenThePublisherFails() {
        serve(200, emitting("one", "two", new IllegalStateException("on purpose")));

        assertThatThrownBy(() -> send("GET")).as("half a body").isInstanceOf(IOException.class);
    }

    @Test
    void breaksOffWhenThePublisherThrows() {
        serve(200, subscriber -> {
            throw new IllegalStateException("on purpose");
        });

        assertThatThrownBy(() -> send("GET")).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void writesNoStreamWhereNoBodyMayBe(int status) throws Exception {
        serve(status, publisher);

        assertThat(send("GET").statusCode()).isEqualTo(status);
        assertThat(send("GET").body()).as("on the same connection").isEmpty();
        assertThat(publisher.hasSubscribers()).isFalse();
    }

    @Test
    void writesNoStreamForHead() throws Exception {
        serve(200, publisher);

        assertThat(send("HEAD").headers().firstValue("Content-Type")).contains("text/plain");
        assertThat(publisher.hasSubscribers()).isFalse();
    }

    private void serve(int status, Flow.Publisher<ByteBuffer> stream) {
        server.createContext(
                "/",
                new EndpointHandler(request ->
                        CompletableFuture.completedStage(HttpResponse.streaming(status, "text/plain", stream))));
    }

    private java.net.http.HttpResponse<String> send(String method) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        return http.send(
                HttpRequest.newBuilder(uri)
                        .timeout(Duration.ofSeconds(20))
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    /** Emits two texts as they are requested, and then ends, with a failure if there is one. */
    private static Flow.Publisher<ByteBuffer> emitting(String first, String second, Throwable failure) {
        return subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            private int emitted;

            @Override
            public void request(long n) {
                emitted++;
                if (emitted <= 2) {
                    subscriber.onNext(ByteBuffer.wrap((emitted == 1 ? first : second).getBytes(UTF_8)));
                } else if (failure != null) {
                    subscriber.onError(failure);
                } else {
                    subscriber.onComplete();
                }
            }

            @Override
            public void cancel() {}
        });
    }
}
