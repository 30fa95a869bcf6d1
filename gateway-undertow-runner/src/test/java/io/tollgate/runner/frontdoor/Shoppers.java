package io.tollgate.runner.frontdoor;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Clients that behave well, and go on whatever happens: each buys tickets, every one with a key of its own, refreshes its one
 * session, and logs in, to another account: a user has at most 100 sessions. They count how their requests end.
 */
final class Shoppers implements AutoCloseable {
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long PAUSE_AFTER_REJECTION = TimeUnit.MILLISECONDS.toNanos(25);

    /** What a shopper does. */
    enum Deed {
        PURCHASE,
        REFRESH,
        LOGIN
    }

    /** How requests ended, all of them or those of one while. */
    record Counts(
            int sent,
            int succeeded,
            int limited,
            int unavailable,
            int timedOut,
            int wrong,
            int lost,
            int sessionsLost) {
        Counts minus(Counts before) {
            return new Counts(
                    sent - before.sent,
                    succeeded - before.succeeded,
                    limited - before.limited,
                    unavailable - before.unavailable,
                    timedOut - before.timedOut,
                    wrong - before.wrong,
                    lost - before.lost,
                    sessionsLost - before.sessionsLost);
        }

        int rejected() {
            return limited + unavailable + timedOut;
        }

        @Override
        public String toString() {
            return "sent " + sent + ", succeeded " + succeeded + ", 429 " + limited + ", 503 " + unavailable + ", 504 "
                    + timedOut + ", other " + wrong + ", lost " + lost + ", sessions lost " + sessionsLost;
        }
    }

    private final int port;
    private final ExecutorService threads;
    private final List<Future<?>> running = new ArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger succeeded = new AtomicInteger();
    private final AtomicInteger limited = new AtomicInteger();
    private final AtomicInteger unavailable = new AtomicInteger();
    private final AtomicInteger timedOut = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicInteger sessionsLost = new AtomicInteger();
    private final Map<Deed, AtomicInteger> successes = new EnumMap<>(Deed.class);
    private final Map<Deed, AtomicLong> firstSuccess = new EnumMap<>(Deed.class);
    private final AtomicInteger wrong = new AtomicInteger();
    private final List<String> remarks = new CopyOnWriteArrayList<>();
    private volatile long mark;

    /** Starts {@code number} shoppers, who have registered when this returns. */
    Shoppers(int port, int number) throws Exception {
        this.port = port;
        this.threads = Executors.newFixedThreadPool(number);
        for (Deed deed : Deed.values()) {
            successes.put(deed, new AtomicInteger());
            firstSuccess.put(deed, new AtomicLong());
        }
        List<Shopper> shoppers = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            Shopper shopper = new Shopper("shopper-" + i);
            shopper.register();
            shoppers.add(shopper);
        }
        for (Shopper shopper : shoppers) {
            running.add(threads.submit(shopper));
        }
    }

    Counts counts() {
        return new Counts(
                sent.get(),
                succeeded.get(),
                limited.get(),
                unavailable.get(),
                timedOut.get(),
                wrong.get(),
                lost.get(),
                sessionsLost.get());
    }

    /** Returns what was neither a success nor a rejection, for a person. */
    List<String> remarks() {
        return remarks;
    }

    /** Waits until each deed has succeeded again some times. */
    void awaitSuccesses(int times) {
        for (Deed deed : Deed.values()) {
            int enough = successes.get(deed).get() + times;
            Awaitility.await(deed + " succeeds")
                    .atMost(60, TimeUnit.SECONDS)
                    .until(() -> successes.get(deed).get() >= enough);
        }
    }

    /** Waits until so many more requests have ended, and so many of them were rejected. */
    void awaitMore(int requests, int rejections) {
        Counts before = counts();
        Awaitility.await(requests + " requests, " + rejections + " rejected")
                .atMost(60, TimeUnit.SECONDS)
                .until(() -> {
                    Counts since = counts().minus(before);
                    return since.sent >= requests && since.rejected() >= rejections;
                });
    }

    /** Remembers the time as that from which {@link #awaitRecovery} measures. */
    void mark() {
        firstSuccess.values().forEach(first -> first.set(0));
        mark = System.nanoTime();
    }

    /** Waits for the first success of a request that was sent after the mark; returns the milliseconds from the mark. */
    long awaitRecovery(Deed deed) {
        long at = Awaitility.await(deed + " succeeds again")
                .atMost(60, TimeUnit.SECONDS)
                .until(() -> firstSuccess.get(deed).get(), time -> time != 0);
        return TimeUnit.NANOSECONDS.toMillis(at - mark);
    }

    /** Lets every request end, and begins none. */
    void stop() throws Exception {
        stopped.set(true);
        for (Future<?> one : running) {
            one.get(90, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() {
        stopped.set(true);
        threads.shutdownNow();
    }

    private final class Shopper implements Runnable {
        private final Client client = new Client("http://127.0.0.1:" + port);
        private final String name;
        private String access = "";
        private String refresh = "";

        Shopper(String name) {
            this.name = name;
        }

        void register() {
            Answer answer = client.post(
                    "/api/v1/users/register",
                    "{\"email\":\"" + name + "@example.org\",\"username\":\"" + name
                            + "\",\"password\":\"correct horse\"}");
            if (answer.status() != 201) {
                throw new AssertionError(name + " could not register: " + answer);
            }
            keep(answer);
        }

        @Override
        public void run() {
            for (int i = 0; !stopped.get(); i++) {
                switch (i % 8) {
                    case 3 -> refresh();
                    case 5 ->
                        request(
                                Deed.LOGIN,
                                "/api/v1/users/login",
                                "{\"email\":\"" + name + "@elsewhere.example.org\",\"password\":\"correct horse\"}");
                    default ->
                        request(
                                Deed.PURCHASE,
                                "/api/v1/tickets/rock-2026/purchase",
                                "{}",
                                "Authorization",
                                "Bearer " + access,
                                "Idempotency-Key",
                                UUID.randomUUID().toString());
                }
            }
        }

        /** A refresh whose outcome is not known is made again with the same token, as the contract has it. */
        private void refresh() {
            Answer answer = request(Deed.REFRESH, "/api/v1/users/refresh", "{\"refreshToken\":\"" + refresh + "\"}");
            if (answer != null && answer.status() == 200) {
                keep(answer);
            } else if (answer != null && answer.status() == 401) {
                sessionsLost.incrementAndGet();
                register();
            }
        }

        private void keep(Answer answer) {
            access = answer.json().path("accessToken").asText();
            refresh = answer.json().path("refreshToken").asText();
        }

        private @Nullable Answer request(Deed deed, String path, String body, String... headers) {
            long startedAt = System.nanoTime();
            Answer answer;
            try {
                answer = client.post(path, body, headers);
            } catch (UncheckedIOException e) {
                sent.incrementAndGet();
                lost.incrementAndGet();
                remarks.add(deed + ": " + e);
                return null;
            } catch (AssertionError e) { // it is not as the description of the API has it
                sent.incrementAndGet();
                wrong.incrementAndGet();
                remarks.add(deed + ": " + e);
                return null;
            }
            sent.incrementAndGet();
            count(deed, answer, startedAt);
            LockSupport.parkNanos(answer.status() == 200 ? PAUSE : PAUSE_AFTER_REJECTION);
            return answer;
        }

        private void count(Deed deed, Answer answer, long startedAt) {
            switch (answer.status()) {
                case 200 -> {
                    succeeded.incrementAndGet();
                    successes.get(deed).incrementAndGet();
                    if (startedAt - mark >= 0) {
                        firstSuccess.get(deed).compareAndSet(0, System.nanoTime());
                    }
                }
                case 429 -> limited.incrementAndGet();
                case 503 -> unavailable.incrementAndGet();
                case 504 -> timedOut.incrementAndGet();
                default -> {
                    wrong.incrementAndGet();
                    remarks.add(deed + ": " + answer.status() + " " + answer.body());
                }
            }
        }
    }
}
