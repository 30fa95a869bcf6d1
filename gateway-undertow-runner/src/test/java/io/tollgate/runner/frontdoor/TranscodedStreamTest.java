package io.tollgate.runner.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import io.tollgate.grpc.catalog.Book;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Streams, drain and the exchange of descriptors of a transcoded service. */
class TranscodedStreamTest extends TranscodedCatalog {
    @Test
    void streamsForLongerThanAResponseMayTake() throws Exception {
        environment.put("SERVER_HTTP_WRITE_TIMEOUT", "1s");
        try (GatewayProcess gateway = start("auth: none")) {
            int port = gateway.awaitPort();
            CompletableFuture<HttpResponse<InputStream>> response = HttpClient.newHttpClient()
                    .sendAsync(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/books:watch?hold=true"))
                                    .header("Accept", LINES)
                                    .build(),
                            BodyHandlers.ofInputStream());
            await().atMost(WITHIN).until(() -> !catalog.requests.isEmpty());
            await().pollDelay(Duration.ofSeconds(3)).until(() -> !response.isDone());

            catalog.sendOnHeld(Book.newBuilder().setName("one").build());
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(response.join().body(), UTF_8));
            assertThat(lines.readLine()).isEqualTo("{\"name\":\"one\"}");
            await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
            catalog.sendOnHeld(Book.newBuilder().setName("two").build());
            assertThat(lines.readLine()).isEqualTo("{\"name\":\"two\"}");
            catalog.endHeld();
            assertThat(lines.readLine()).isNull();
        }
    }

    @Test
    void stopsAfterTheStreamsThatAreInFlight() throws Exception {
        try (GatewayProcess gateway = start("auth: none")) {
            int port = gateway.awaitPort();
            HttpResponse<InputStream> response = stream(port, "/v1/books:watch?count=1&hold=true");
            BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8));
            assertThat(lines.readLine()).isEqualTo("{\"name\":\"watched\"}");

            gateway.terminate();
            GatewayProcess.awaitRefused(port);
            catalog.sendOnHeld(Book.newBuilder().setName("last").build());
            catalog.endHeld();

            assertThat(lines.readLine()).isEqualTo("{\"name\":\"last\"}");
            assertThat(lines.readLine()).isNull();
            assertThat(gateway.awaitExit()).as(gateway.output()).isIn(0, 143);
        }
    }

    @Test
    void cancelsTheCallOfAClientThatLeavesAndEndsAStreamThatFails() throws Exception {
        try (GatewayProcess gateway = start("auth: none")) {
            int port = gateway.awaitPort();
            for (int i = 1; i <= 20; i++) { // The later ones come back soon after their request.
                int left = i;
                stream(port, "/v1/books:watch?count=1&hold=true").body().close();
                await().atMost(WITHIN).until(() -> catalog.cancelled.get() == left);
            }

            String failed = client(gateway)
                    .get("/v1/books:watch?count=2&code=5", "Accept", LINES)
                    .body();
            assertThat(failed.lines().toList())
                    .hasSize(3)
                    .last()
                    .asString()
                    .startsWith("{\"error\":{\"error\":\"NOT_FOUND_ERROR\",\"code\":\"RESOURCE_NOT_FOUND\"");
        }
    }

    /** 200 MB for a client that does not read do not fit into the gateway's memory. */
    @Test
    void keepsItsMemoryForAClientThatDoesNotRead() throws Exception {
        environment.put("JAVA_TOOL_OPTIONS", "-Xmx64m -XX:MaxDirectMemorySize=64m");
        environment.put("SERVER_HTTP_WRITE_TIMEOUT", "10m");
        try (GatewayProcess gateway = start("auth: none", "stream_idle_timeout: 1h")) {
            int port = gateway.awaitPort();
            try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), port)) {
                slow.setReceiveBufferSize(16 << 10);
                slow.getOutputStream()
                        .write(("GET /v1/books:watch?count=3200&bytes_each=65536 HTTP/1.1\r\nHost: a\r\n"
                                        + "Accept: application/x-ndjson\r\n\r\n")
                                .getBytes(UTF_8));
                long[] before = {-1};
                await().pollInterval(Duration.ofSeconds(1)).atMost(WITHIN).until(() -> {
                    long sent = catalog.bytesSent.get();
                    boolean stopped = sent > 0 && sent == before[0];
                    before[0] = sent;
                    return stopped;
                });
                assertThat(catalog.bytesSent.get()).isLessThan(48L << 20);
                assertThat(client(gateway).get("/v1/echo?text=alive").body()).isEqualTo("{\"text\":\"alive\"}");

                // And all of it for one that reads, in the same memory.
                HttpResponse<InputStream> read = stream(port, "/v1/books:watch?count=3200&bytes_each=65536");
                long bytes = 0;
                byte[] buffer = new byte[1 << 16];
                for (int n = read.body().read(buffer); n >= 0; n = read.body().read(buffer)) {
                    bytes += n;
                }
                assertThat(bytes).isGreaterThan(200L << 20);
            }
            assertThat(gateway.output()).doesNotContain("OutOfMemory");
        }
    }

    /** As many exchanges as the file system has time for, under load: no request fails, and a stream goes on. */
    @Test
    void losesNoRequestWhenDescriptorsAreExchanged() throws Exception {
        try (GatewayProcess gateway = start("auth: none")) {
            int port = gateway.awaitPort();
            HttpResponse<InputStream> stream = stream(port, "/v1/books:watch?count=1&hold=true");
            BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), UTF_8));
            assertThat(lines.readLine()).isEqualTo("{\"name\":\"watched\"}");
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger handled = new AtomicInteger();
            List<String> lost = Collections.synchronizedList(new ArrayList<>());
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(CompletableFuture.runAsync(
                        () -> {
                            Client client = client(gateway);
                            while (!over.get()) {
                                Answer answer = client.get("/v1/shelves/1/books/2");
                                handled.incrementAndGet();
                                if (answer.status() != 200) {
                                    lost.add(answer.status() + " " + answer.body());
                                }
                            }
                        },
                        task -> new Thread(task).start()));
            }

            byte[] set = Files.readAllBytes(SET);
            for (int i = 1; i <= 5; i++) {
                // Another set each time: one more empty file in it.
                byte[] more = FileDescriptorSet.parseFrom(set).toBuilder()
                        .addFile(FileDescriptorProto.newBuilder().setName("more" + i + ".proto"))
                        .build()
                        .toByteArray();
                Path draft = Files.write(folder.resolve("draft"), more);
                Files.move(draft, folder.resolve("services.binpb"), StandardCopyOption.REPLACE_EXISTING);
                int exchanged = i;
                await().atMost(WITHIN)
                        .until(() -> gateway.output().split("are served now", -1).length - 1 == exchanged);
            }
            over.set(true);
            clients.forEach(CompletableFuture::join);

            System.out.println(
                    "TranscodedStreamTest: " + handled + " requests during 5 exchanges, lost " + lost.size());
            assertThat(lost).isEmpty();
            catalog.sendOnHeld(Book.newBuilder().setName("last").build());
            catalog.endHeld();
            assertThat(lines.readLine()).isEqualTo("{\"name\":\"last\"}");
        }
    }
}
