package io.tollgate.examples.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The driver of this JVM, against the server of the JDK. */
class LoopsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger count = new AtomicInteger();
    private final Queue<String> authorizations = new ConcurrentLinkedQueue<>();
    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        server.setExecutor(threads);
        server.createContext("/ok", exchange -> respond(exchange, 200));
        server.createContext("/every-second", exchange -> respond(exchange, count.get() % 2 == 0 ? 200 : 503));
        server.createContext("/stalls-once", exchange -> {
            if (count.get() == 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(600));
            }
            respond(exchange, 200);
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void theOpenLoopSendsAsManyRequestsAsTheRateSays() throws Exception {
        LoadResult result = new OpenLoop(200).run(load("/ok", 4));

        assertThat(result.requests()).isEqualTo(200);
        assertThat(result.errors()).isZero();
        assertThat(count).hasValue(200);
    }

    @Test
    void theOpenLoopCountsOtherStatuses() throws Exception {
        assertThat(new OpenLoop(100).run(load("/every-second", 1)).errors()).isEqualTo(50);
    }

    @Test
    void theOpenLoopChargesAStallToEveryRequestThatHadToWait() throws Exception {
        LoadResult result = new OpenLoop(100).run(load("/stalls-once", 1));

        // Were latency counted from when a request was sent, one of a hundred would have been slow, and the 99th
        // percentile
        // that of the second slowest.
        assertThat(result.p99Micros()).isGreaterThan(400_000);
    }

    @Test
    void theOpenLoopFailsWhereTheServerIsGone() {
        server.stop(0);

        assertThatThrownBy(() -> new OpenLoop(100).run(load("/ok", 1))).isInstanceOf(IOException.class);
    }

    @Test
    void theClosedLoopCountsWhatTheServerSaw() throws Exception {
        LoadResult result = new ClosedLoop(2).run(load("/ok", 3));

        assertThat(result.errors()).isZero();
        assertThat(result.requests()).isPositive().isBetween(count.get() - 3L, (long) count.get());
    }

    @Test
    void sendsTheTokensOfAFileInTurn() throws Exception {
        Path file = Files.writeString(folder.resolve("tokens"), "aaa\nbbb\nccc\n");
        RequestSpec request = new RequestSpec("POST", "/ok", "", Optional.of(new TokenFile(file, 3, 3)), 200);

        new OpenLoop(4).run(new LoadSpec(server.getAddress().getPort(), request, 1, SECOND, 1));

        assertThat(authorizations).containsExactly("Bearer bbb", "Bearer ccc", "Bearer aaa", "Bearer bbb");
    }

    @Test
    void oneRequestNamesTheStatusThatItDidNotExpect() {
        RequestSpec request = new RequestSpec("GET", "/ok", "", Optional.empty(), 401);

        assertThatThrownBy(() -> OneRequest.check(server.getAddress().getPort(), request))
                .hasMessageContaining("status 200 (expected: 401)");
    }

    private LoadSpec load(String path, int connections) {
        RequestSpec request = new RequestSpec("POST", path, "{}", Optional.empty(), 200);
        return new LoadSpec(server.getAddress().getPort(), request, connections, SECOND, 0);
    }

    private void respond(HttpExchange exchange, int status) throws IOException {
        exchange.getRequestBody().readAllBytes();
        count.incrementAndGet();
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (authorization != null) {
            authorizations.add(authorization);
        }
        // Without a body: the server would send it in a packet of its own, which waits 40 ms for an acknowledgement.
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }
}
