package io.tollgate.runner.http;

import static io.tollgate.runner.http.TestGateway.purchase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.order.Purchase;
import io.tollgate.api.order.Ticket;
import io.tollgate.runner.Gateway;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class DrainTest {
    private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    @AfterAll
    static void stop() {
        THREADS.shutdownNow();
    }

    @Test
    void clientsUnderLoadSeeNoRequestFail() throws Exception {
        Gateway gateway = TestGateway.start("server.http.graceful_shutdown_timeout", "20s");
        AtomicInteger answered = new AtomicInteger();
        List<Future<?>> clients = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            boolean health = i % 3 == 0;
            clients.add(THREADS.submit(() -> {
                try (RawClient client = new RawClient(gateway.address())) {
                    RawResponse last;
                    do {
                        last = client.send(health ? HEALTH : purchase("event-1", ""))
                                .read();
                        assertThat(last.status()).isEqualTo(200);
                        answered.incrementAndGet();
                    } while (!"close".equals(last.header("Connection")));
                }
                return null;
            }));
        }
        await().until(() -> answered.get() > 500);

        gateway.close();

        for (Future<?> client : clients) {
            client.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void anIdleConnectionGetsOneMoreAnswerAndNoNewOneIsMade() throws Exception {
        Gateway gateway = TestGateway.start("server.http.graceful_shutdown_timeout", "20s");
        try (RawClient client = new RawClient(gateway.address())) {
            client.send(HEALTH).read();
            Future<?> closing = THREADS.submit(gateway::close);
            awaitNoListener(gateway.address());

            RawResponse last = client.send(HEALTH).read();

            assertThat(last.status()).isEqualTo(200);
            assertThat(last.header("Connection")).isEqualTo("close");
            assertThat(client.isAtEnd()).isTrue();
            client.hangUp();
            closing.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatWasReadIsAnswered() throws Exception {
        CompletableFuture<Purchase> held = new CompletableFuture<>();
        CountDownLatch called = new CountDownLatch(1);
        Gateway gateway = TestGateway.builder("server.http.graceful_shutdown_timeout", "20s")
                .orders((purchase, context) -> {
                    called.countDown();
                    return purchase.eventId().equals("held")
                            ? held
                            : TestGateway.orders().purchase(purchase, context);
                })
                .start();
        try (RawClient inFlight = new RawClient(gateway.address());
                RawClient half = new RawClient(gateway.address())) {
            inFlight.send(purchase("held", "") + purchase("next", "") + HEALTH);
            assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
            half.send(HEALTH).read();
            half.send(HEALTH.substring(0, 10));
            Future<?> closing = THREADS.submit(gateway::close);
            awaitNoListener(gateway.address());

            half.send(HEALTH.substring(10));
            held.complete(new Purchase(
                    Purchase.Status.QUEUED, new Ticket(Optional.empty(), "held", "u", "queued", Optional.empty())));

            assertThat(half.read().status()).isEqualTo(200);
            assertThat(inFlight.read().status()).isEqualTo(202);
            assertThat(inFlight.read().status()).isEqualTo(200);
            RawResponse last = inFlight.read();
            assertThat(last.status()).isEqualTo(200);
            assertThat(last.header("Connection")).isEqualTo("close");
            inFlight.hangUp();
            half.hangUp();
            closing.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void endsWhenItsTimeIsOverWhoeverIsLeft() throws Exception {
        Gateway gateway = TestGateway.start("server.http.graceful_shutdown_timeout", "100ms");
        try (RawClient idle = new RawClient(gateway.address())) {
            idle.send(HEALTH).read();

            THREADS.submit(gateway::close).get(20, TimeUnit.SECONDS);

            assertThat(idle.isAtEnd()).isTrue();
        }
    }

    @Test
    void closingTwiceIsClosingOnce() throws Exception {
        Gateway gateway = TestGateway.start();
        Future<?> first = THREADS.submit(gateway::close);
        Future<?> second = THREADS.submit(gateway::close);

        first.get(20, TimeUnit.SECONDS);
        second.get(20, TimeUnit.SECONDS);
        gateway.close();

        assertThatThrownBy(() -> connect(gateway.address())).isInstanceOf(ConnectException.class);
    }

    private static void awaitNoListener(InetSocketAddress address) {
        await().until(() -> {
            try {
                connect(address);
                return false;
            } catch (java.io.IOException e) {
                return true;
            }
        });
    }

    private static void connect(InetSocketAddress address) throws java.io.IOException {
        new Socket(InetAddress.getLoopbackAddress(), address.getPort()).close();
    }
}
