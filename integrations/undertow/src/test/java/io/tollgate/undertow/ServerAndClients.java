package io.tollgate.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.HttpEndpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** Tests of one server, of one I/O thread unless said otherwise, that speaks HTTP/1.1 and HTTP/2 in the clear. Its clients leave nothing behind. */
abstract class ServerAndClients {
    private final List<AutoCloseable> clients = new ArrayList<>();
    UndertowServer server;

    void start(UndertowServer.Builder builder, HttpEndpoint endpoint) throws IOException {
        start(1, builder, endpoint);
    }

    void start(int ioThreads, UndertowServer.Builder builder, HttpEndpoint endpoint) throws IOException {
        server = builder.host("127.0.0.1")
                .ioThreads(ioThreads)
                .h2c(true)
                .endpoint(endpoint)
                .start();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable client : clients) {
            client.close();
        }
        await().untilAsserted(() -> {
            assertThat(server.stats().connections()).isZero();
            assertThat(server.stats().bufferedBytes()).isZero();
        });
        server.close();
    }

    /** Closes a client at the end of the test. */
    <C extends AutoCloseable> C closing(C client) {
        clients.add(client);
        return client;
    }

    FrameClient connect(int... settings) throws IOException {
        return closing(FrameClient.connect(server.address(), settings));
    }

    StreamClient connectHttp1() throws IOException {
        return closing(new StreamClient(server.address()));
    }
}
