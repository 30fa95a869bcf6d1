package io.tollgate.auth.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.tollgate.api.Redaction;
import io.tollgate.api.TimeSource;
import io.tollgate.auth.settings.Settings;
import io.tollgate.auth.threads.DaemonThread;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the public keys that an issuer publishes as a JWK set at a URL (RFC 7517, section 5).
 *
 * <p>The set is fetched at once, and then at an interval, whether or not tokens arrive. A token that names a key which
 * is not in the set, or whose signature no key without a name verifies, causes one more fetch, at a bounded rate, and
 * waits for it; a bounded number of tokens may wait at a time. While the source is unreachable or its
 * response is not usable, the last valid set stays, for a limited time; after that {@link #keys} fails. A set that is
 * fetched replaces the last one even if it is empty: that is how an issuer withdraws its keys.
 *
 * <p>Only {@code https} is allowed, except for loopback addresses. Redirects are not followed; size and time of a
 * response are limited; secrets and private keys in a set are ignored. Owns a few threads; close it when done.
 */
public final class RemoteKeys implements KeySource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteKeys.class);
    private static final Current NONE = new Current(KeySet.of());

    /** The address without its query, which may be a credential. */
    private final String uri;

    private final Supplier<HttpClient> clients;
    private final HttpRequest request;
    private final Duration timeout;
    private final long refreshNanos;
    private final long retryNanos;
    private final long maxStaleNanos;
    private final int maxWaiting;
    private final TimeSource time;
    private final ScheduledExecutorService timer = DaemonThread.scheduler("tollgate-jwks-timer");
    private final ScheduledExecutorService worker = DaemonThread.scheduler("tollgate-jwks-http");

    private volatile @Nullable Fetched last;
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder turnedAway = new LongAdder();

    /** The fetch in progress, or the last one; guarded by this, as are all fields below. */
    private CompletableFuture<KeySet> fetch = new CompletableFuture<>();

    /** Null after an error, which may have ended the threads of the last one. */
    private @Nullable HttpClient client;

    private long fetchStartedAt;
    private boolean closed;

    private RemoteKeys(Builder builder, URI uri) {
        this.uri = Redaction.ofValue(uri.toString());
        this.timeout = builder.timeout;
        this.refreshNanos = builder.refreshInterval.toNanos();
        this.retryNanos = builder.retryInterval.toNanos();
        this.maxStaleNanos = builder.maxStaleness.toNanos();
        this.time = builder.time;
        this.maxWaiting = builder.maxWaiting;
        this.clients = builder.clients != null ? builder.clients : this::newClient;
        this.request = HttpRequest.newBuilder(uri)
                .timeout(timeout)
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
        synchronized (this) {
            startFetch();
        }
    }

    /** Starts a builder; only the address of the set must be set. */
    public static Builder builder() {
        return new Builder();
    }

    private HttpClient newClient() {
        return HttpClient.newBuilder()
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(worker)
                .build();
    }

    @Override
    public CompletionStage<KeySet> keys(KeyQuery query) {
        Optional<Current> set = current(query);
        return set.isPresent() ? set.get().stage() : refreshed(query);
    }

    @Override
    public CompletionStage<KeySet> refreshed(KeyQuery query) {
        if (query.isForSecret()) {
            return current(query).orElse(NONE).stage();
        }
        Fetched known = last;
        return isFresh(known) ? search(known) : firstFetch();
    }

    @Override
    public Optional<KeySet> atHand(KeyQuery query) {
        Optional<Current> set = current(query);
        return set.isPresent() ? set.get().atHand() : Optional.empty();
    }

    /** Returns the set, unless it is too old or cannot have the wanted key. No set can have a secret. */
    private Optional<Current> current(KeyQuery query) {
        Fetched known = last;
        if (isFresh(known) && (query.isForSecret() || known.set().keys().mayHave(query))) {
            return Optional.of(known.set());
        }
        return query.isForSecret() ? Optional.of(NONE) : Optional.empty();
    }

    private boolean isFresh(@Nullable Fetched known) {
        return known != null && time.nanoTime() - known.at() <= maxStaleNanos;
    }

    /**
     * Returns the time since the keys were last fetched; empty before the first time. More than the refresh interval
     * means that fetching fails.
     */
    public Optional<Duration> age() {
        Fetched known = last;
        return known == null ? Optional.empty() : Optional.of(Duration.ofNanos(time.nanoTime() - known.at()));
    }

    /** Returns the number of callers that wait for a fetch now. */
    public int waiting() {
        return waiting.get();
    }

    /** Returns the number of callers that failed because too many waited already. */
    public long turnedAway() {
        return turnedAway.sum();
    }

    /** Searches for a key that is not in the set; returns the present set if the last fetch was a moment ago. */
    private synchronized CompletionStage<KeySet> search(Fetched known) {
        if (fetch.isDone()) {
            if (closed || time.nanoTime() - fetchStartedAt < retryNanos) {
                Fetched now = last;
                return (now != null ? now : known).set().stage();
            }
            startFetch();
        }
        return awaitFetch(failure -> known.set().keys());
    }

    /**
     * Waits for the fetch in progress, or starts one if the last is some time ago: there are no keys to verify with.
     */
    private synchronized CompletionStage<KeySet> firstFetch() {
        if (fetch.isDone() && !closed && time.nanoTime() - fetchStartedAt >= retryNanos) {
            startFetch();
        }
        if (fetch.isDone() && !fetch.isCompletedExceptionally()) {
            return CompletableFuture.failedStage(new IOException(uri + ": the last fetched keys are too old"));
        }
        return awaitFetch(failure -> {
            throw failure instanceof CompletionException wrapped ? wrapped : new CompletionException(failure);
        });
    }

    /** Waits for the fetch in progress, which takes at most the timeout; fails at once if too many wait already. */
    private CompletionStage<KeySet> awaitFetch(Function<Throwable, KeySet> onFailure) {
        if (fetch.isDone()) {
            return fetch.exceptionally(onFailure).minimalCompletionStage();
        }
        if (waiting.incrementAndGet() > maxWaiting) {
            waiting.decrementAndGet();
            turnedAway.increment();
            return CompletableFuture.failedStage(
                    new IOException(uri + ": " + maxWaiting + " requests wait for keys already"));
        }
        return fetch.whenComplete((keys, failure) -> waiting.decrementAndGet())
                .exceptionally(onFailure)
                .minimalCompletionStage();
    }

    private void startFetch() {
        CompletableFuture<KeySet> started = new CompletableFuture<>();
        fetch = started;
        fetchStartedAt = time.nanoTime();
        try {
            if (client == null) {
                client = clients.get();
            }
            CompletableFuture<HttpResponse<byte[]>> response = client.sendAsync(request, LimitedBody.handler());
            // The timeout of HttpRequest ends with the headers; this one includes the body.
            ScheduledFuture<?> limit =
                    timer.schedule(() -> response.cancel(true), timeout.toMillis(), TimeUnit.MILLISECONDS);
            CompletableFuture<Void> unused = response.thenApply(this::parse).handle((keys, failure) -> {
                limit.cancel(false);
                finish(started, keys, unwrapped(failure) instanceof CancellationException ? timedOut() : failure);
                return null;
            });
        } catch (Throwable e) { // Errors too: others wait for this fetch, and the next one follows it.
            finish(started, null, e);
        }
    }

    /** Removes the wrapping that a dependent stage adds. */
    private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private IOException timedOut() {
        return new IOException("no complete response within " + timeout);
    }

    private KeySet parse(HttpResponse<byte[]> response) {
        if (response.statusCode() != 200) {
            throw new IllegalArgumentException("status " + response.statusCode() + " (expected: 200)");
        }
        return KeySet.of(Jwks.published(new String(response.body(), UTF_8)));
    }

    private void finish(CompletableFuture<KeySet> started, @Nullable KeySet keys, @Nullable Throwable failure) {
        Throwable cause = unwrapped(failure);
        try {
            if (keys != null) {
                last = new Fetched(new Current(keys), time.nanoTime());
            }
            // Before anything that may fail, or no set would ever be fetched again.
            scheduleFetchAfter(started, cause);
            log(keys, cause);
        } finally {
            // Outside the lock: dependents run here.
            if (keys != null) {
                started.complete(keys);
            } else {
                started.completeExceptionally(new IOException(uri + ": keys cannot be fetched", failure));
            }
        }
    }

    private synchronized void scheduleFetchAfter(CompletableFuture<KeySet> previous, @Nullable Throwable failure) {
        if (!closed) {
            long delay = failure == null ? refreshNanos : Math.min(refreshNanos, retryNanos);
            ScheduledFuture<?> unused = timer.schedule(() -> refresh(previous), delay, TimeUnit.NANOSECONDS);
        }
        if (failure instanceof Error || String.valueOf(failure).contains("selector manager closed")) {
            client = null;
        }
    }

    private void log(@Nullable KeySet keys, @Nullable Throwable failure) {
        try {
            if (keys == null) {
                LOG.atWarn()
                        .addKeyValue("uri", uri)
                        .addKeyValue("reason", String.valueOf(failure))
                        .log("published keys not available");
            } else if (keys.keys().isEmpty()) {
                LOG.atWarn().addKeyValue("uri", uri).log("no usable key in the published set");
            }
        } catch (Throwable e) {
            // A set that cannot be logged is a set. There may be no memory left to log with.
        }
    }

    /**
     * Starts the fetch that follows {@code previous}, unless a search has started one, which then schedules the next
     * itself.
     */
    private synchronized void refresh(CompletableFuture<KeySet> previous) {
        if (!closed && fetch == previous) {
            startFetch();
        }
    }

    /** Stops fetching. The last valid keys stay until they are too old. */
    @Override
    public void close() {
        CompletableFuture<KeySet> running;
        synchronized (this) {
            closed = true;
            running = fetch;
        }
        timer.shutdownNow();
        worker.shutdown();
        running.completeExceptionally(new IOException(uri + ": closed before the keys were fetched"));
    }

    @Override
    public String toString() {
        return "RemoteKeys[" + uri + "]";
    }

    /** The last valid set and the time of its fetch. */
    private record Fetched(Current set, long at) {}

    /** Collects the settings. Not thread-safe. */
    public static final class Builder {
        private @Nullable URI uri;
        private Duration refreshInterval = Duration.ofMinutes(5);
        private Duration retryInterval = Duration.ofSeconds(10);
        private Duration maxStaleness = Duration.ofHours(24);
        private Duration timeout = Duration.ofSeconds(5);
        private int maxWaiting = 256;
        private TimeSource time = TimeSource.system();
        private @Nullable Supplier<HttpClient> clients;

        private Builder() {}

        /** Sets the address of the set: {@code https}, or {@code http} on a loopback address. */
        public Builder uri(URI address) {
            boolean https = "https".equalsIgnoreCase(address.getScheme());
            boolean http = "http".equalsIgnoreCase(address.getScheme());
            if (address.getHost() == null
                    || address.getUserInfo() != null
                    || !(https || (http && Loopback.isLoopback(address.getHost())))) {
                throw new IllegalArgumentException("uri: " + address.getScheme() + "://" + address.getHost()
                        + " (expected: https, or http on loopback; no user)");
            }
            this.uri = address;
            return this;
        }

        /** Sets the interval at which the set is fetched, 1 second to 24 hours; 5 minutes by default. */
        public Builder refreshInterval(Duration interval) {
            this.refreshInterval =
                    Settings.within("refreshInterval", interval, Duration.ofSeconds(1), Duration.ofHours(24));
            return this;
        }

        /**
         * Sets the minimum time between a fetch and one that an unknown key or a failure causes, 100 milliseconds to 1
         * hour; 10 seconds by default.
         */
        public Builder retryInterval(Duration interval) {
            this.retryInterval =
                    Settings.within("retryInterval", interval, Duration.ofMillis(100), Duration.ofHours(1));
            return this;
        }

        /**
         * Sets the time for which the last valid set is used while the source is unreachable, 1 second to 24 hours; 24
         * hours by default.
         */
        public Builder maxStaleness(Duration staleness) {
            this.maxStaleness = Settings.within("maxStaleness", staleness, Duration.ofSeconds(1), Duration.ofHours(24));
            return this;
        }

        /** Sets the time limit of a fetch, 100 milliseconds to 1 minute; 5 seconds by default. */
        public Builder timeout(Duration limit) {
            this.timeout = Settings.within("timeout", limit, Duration.ofMillis(100), Duration.ofMinutes(1));
            return this;
        }

        /**
         * Sets the number of callers that may wait for a fetch at a time, 1 to 100,000; 256 by default. Others fail at
         * once. Anyone can make tokens that name an unknown key, so this bounds what they hold while the source hangs.
         */
        public Builder maxWaiting(int callers) {
            this.maxWaiting = Settings.within("maxWaiting", callers, 1, 100_000);
            return this;
        }

        /** Sets the supplier of the HTTP client, which is called for the first fetch and after errors. */
        Builder clients(Supplier<HttpClient> supplier) {
            this.clients = supplier;
            return this;
        }

        /** Sets the clocks; those of the system by default. */
        public Builder time(TimeSource source) {
            this.time = requireNonNull(source, "source");
            return this;
        }

        /**
         * Starts to fetch; does not wait for it.
         *
         * @throws IllegalStateException if the address is unset
         */
        public RemoteKeys build() {
            return new RemoteKeys(this, Settings.required("uri", uri, "uri(...) before build()"));
        }
    }
}
