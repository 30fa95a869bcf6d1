package io.tollgate.grpc.transcoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.grpc.Upstream;
import io.tollgate.undertow.UndertowServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exchange of descriptors under load. {@code -Dtollgate.exchange.requests=100000} sends more. */
class ExchangeTest {
    private static final int EXCHANGES = 100;
    private static final int REQUESTS = Integer.getInteger("tollgate.exchange.requests", 10_000);
    private static final int CLIENTS = 4;

    @TempDir
    Path folder;

    @Test
    void losesNoRequest() throws Exception {
        FileDescriptorSet set = FileDescriptorSet.parseFrom(Files.readAllBytes(
                Path.of("target", "generated-test-resources", "protobuf", "descriptor-sets", "services.binpb")));
        Path file = Files.write(folder.resolve("set"), set.toByteArray());
        try (CatalogServer catalog = new CatalogServer();
                Upstream upstream =
                        Upstream.builder("catalog", "127.0.0.1", catalog.port()).build();
                TranscoderGroup group = TranscoderGroup.builder()
                        .file(
                                "catalog",
                                file,
                                () -> Transcoder.builder(upstream)
                                        .expose("catalog.v1.Catalog")
                                        .auth(Auth.NONE))
                        .build();
                UndertowServer server = UndertowServer.builder()
                        .host("127.0.0.1")
                        .endpoint((HttpEndpoint)
                                request -> group.current().endpoint().handle(request))
                        .start()) {
            URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + "/v1/shelves/1/books/2");
            AtomicInteger sent = new AtomicInteger();
            List<String> lost = Collections.synchronizedList(new ArrayList<>());
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(CompletableFuture.runAsync(
                        () -> send(uri, sent, lost), task -> new Thread(task, "client of exchanges").start()));
            }

            int exchanged = 0;
            for (int i = 1; i <= EXCHANGES; i++) {
                long due = (long) REQUESTS * i / (EXCHANGES + 1);
                await().pollInterval(Duration.ofMillis(2))
                        .atMost(Duration.ofMinutes(5))
                        .until(() -> sent.get() >= due);
                Files.write(
                        file,
                        set.toBuilder()
                                .addFile(FileDescriptorProto.newBuilder().setName("more" + i + ".proto"))
                                .build()
                                .toByteArray());
                Transcoder before = group.current();
                assertThat(group.reload("catalog")).isTrue();
                exchanged += group.current() == before ? 0 : 1;
            }
            clients.forEach(CompletableFuture::join);

            System.out.printf(
                    "ExchangeTest: %d requests during %d exchanges, %d lost%n", sent.get(), exchanged, lost.size());
            assertThat(exchanged).isEqualTo(EXCHANGES);
            assertThat(lost).isEmpty();
        }
    }

    private static void send(URI uri, AtomicInteger sent, List<String> lost) {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        while (sent.getAndIncrement() < REQUESTS) {
            try {
                var response = client.send(request, BodyHandlers.ofString());
                if (response.statusCode() != 200) {
                    lost.add(response.statusCode() + " " + response.body());
                }
            } catch (Exception e) {
                lost.add(e.toString());
            }
        }
    }
}
