package io.tollgate.servercontract;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The handlers of a server under test, as plain functions. The server mounts each of them behind the guard, which requires
 * {@link io.tollgate.api.guard.RequestGuard#defaultRule()}:
 *
 * <table>
 * <caption>Routes</caption>
 * <tr><th>Route</th><th>Response</th></tr>
 * <tr><td>{@code GET /hello}</td><td>200, {@code text/plain}, {@link #hello}</td></tr>
 * <tr><td>{@code GET /blocking}</td><td>200, {@code text/plain}, {@link #blocking}</td></tr>
 * <tr><td>{@code POST /echo}</td><td>200, {@code application/octet-stream}, {@link #echo}</td></tr>
 * <tr><td>{@code GET /status}</td><td>{@link #status}, without a body</td></tr>
 * </table>
 */
public final class TestHandlers {
    private static final long WITHIN_SECONDS = 60;

    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final Queue<Thread> blockedThreads = new ConcurrentLinkedQueue<>();
    private final Semaphore entered = new Semaphore(0);
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile int status = 200;

    TestHandlers() {}

    /** Returns the text {@code Hello, ann} for the user {@code ann}. Does not block. */
    public String hello(Optional<Principal> user) {
        threads.add(Thread.currentThread());
        return "Hello, " + user.map(Principal::userId).orElse("anonymous");
    }

    /**
     * Blocks until the test releases it, and returns a text. A server that does not let handlers block its own threads calls it
     * as its documentation recommends, on a thread that may block.
     */
    public String blocking(Optional<Principal> user) {
        blockedThreads.add(Thread.currentThread());
        entered.release();
        try {
            assertThat(released.await(WITHIN_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The server stops.
        }
        return hello(user);
    }

    /** Returns the bytes of the body. Does not block. */
    public byte[] echo(byte[] body) {
        threads.add(Thread.currentThread());
        return body;
    }

    /**
     * Returns the status of the response. Does not block.
     *
     * @throws IllegalStateException if the test wants the handler to fail
     */
    public int status() {
        threads.add(Thread.currentThread());
        if (status == 0) {
            throw new IllegalStateException("on purpose");
        }
        return status;
    }

    void respondWithStatus(int code) {
        status = code;
    }

    void fail() {
        status = 0;
    }

    /** Waits until that many calls of {@link #blocking} block. */
    void awaitBlocked(int calls) throws InterruptedException {
        assertThat(entered.tryAcquire(calls, WITHIN_SECONDS, TimeUnit.SECONDS))
                .as("%s handlers at a time (%s entered)", calls, blockedThreads.size())
                .isTrue();
    }

    void release() {
        released.countDown();
    }

    /** Returns the threads of all calls of handlers that did not block, one for each call. */
    Queue<Thread> threads() {
        return threads;
    }

    Queue<Thread> blockedThreads() {
        return blockedThreads;
    }
}
