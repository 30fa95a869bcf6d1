package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A crowd that connects while the only I/O thread has something to do. */
class AcceptorTest {
    private static final int CROWD = 400;
    private static final String NAME = "crowded";

    private final CountDownLatch busy = new CountDownLatch(1);
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<StreamClient> clients = new ArrayList<>();

    /** Keeps the I/O thread, with the first request for {@code /busy}, until the test has prepared everything. */
    private final HttpEndpoint endpoint = request -> {
        requests.add(request.path());
        if (request.path().equals("/busy")) {
            awaitUninterruptibly();
        }
        return CompletableFuture.completedStage(HttpResponse.of(200, "text/plain", "x".getBytes(UTF_8)));
    };

    private UndertowServer server;

    @BeforeEach
    void start() throws IOException {
        server = UndertowServer.builder()
                .name(NAME)
                .host("127.0.0.1")
                .ioThreads(1)
                .maxConnectionsPerAddress(10_000)
                .drainTimeout(Duration.ofMillis(50))
                .endpoint(endpoint)
                .start();
    }

    @AfterEach
    void close() throws IOException {
        busy.countDown();
        for (StreamClient client : clients) {
            client.close();
        }
        server.close();
    }

    @Test
    void waitsInTheKernelAsLongAsTheThreadOpensNone() throws Exception {
        keepTheThreadBusy();
        gather();

        for (int i = 0; i < 50; i++) { // Each reading lets the accepting thread look for more connections.
            assertThat(accepted()).isLessThanOrEqualTo(1 + Acceptor.WAITING_PER_THREAD);
        }

        busy.countDown();
        for (StreamClient client : clients) {
            assertThat(client.head()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void leavesTheThreadToOpenConnectionsInBetween() throws Exception {
        StreamClient open = connect();
        assertThat(open.get("/").head()).startsWith("HTTP/1.1 200");
        open.bytes(1);
        keepTheThreadBusy();
        gather();
        open.get("/open");

        busy.countDown();

        assertThat(open.head()).startsWith("HTTP/1.1 200");
        await().until(() -> requests.size() == 1 + 1 + CROWD + 1);
        assertThat(requests.indexOf("/open")).isLessThan(CROWD / 2);
    }

    private void keepTheThreadBusy() throws Exception {
        connect().get("/busy");
        await().until(() -> requests.contains("/busy"));
    }

    /** Connects more clients than may wait for the thread, each with a request. */
    private void gather() throws IOException {
        for (int i = 0; i < CROWD; i++) {
            connect().get("/crowd");
        }
    }

    private StreamClient connect() throws IOException {
        StreamClient client = new StreamClient(server.address());
        clients.add(client);
        return client;
    }

    /** Returns the number of connections that XNIO has accepted and that are not closed. */
    private static int accepted() throws JMException {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        Set<ObjectName> names =
                beans.queryNames(new ObjectName("org.xnio:worker=\"" + NAME + "-*\",address=*,*"), null);
        assertThat(names).hasSize(1);
        return (int) beans.getAttribute(names.iterator().next(), "ConnectionCount");
    }

    private void awaitUninterruptibly() {
        try {
            busy.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
