package io.tollgate.auth.revocation;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CallContext;
import io.tollgate.api.TimeSource;
import io.tollgate.auth.redis.LuaScript;
import io.tollgate.auth.redis.Namespace;
import io.tollgate.auth.settings.Settings;
import io.tollgate.auth.threads.BlockingCalls;
import io.tollgate.auth.threads.DaemonThread;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;

/**
 * Keeps revoked access tokens in Redis, shared by any number of instances. Each instance has a copy that is refreshed
 * every second, so no request waits for Redis. Needs Redis 6.2 or later and the optional dependency {@code
 * redis.clients:jedis}.
 *
 * <p>Each token is kept until it expires. At most {@value #MAX_TOKENS} are kept; beyond that {@link #revoke} fails. If
 * Redis loses the list, each instance also keeps what its copy had, at most as many again.
 * While Redis is unreachable the copies stay as they are. A copy that is older than the tolerated staleness rejects
 * every token with {@code SERVICE_UNAVAILABLE}, or is used all the same, as {@link WhenStale} says.
 *
 * <p>Its keys are {@code {revoked_tokens}:until}, {@code :log}, {@code :count} and {@code :epoch}, in one slot; they
 * begin with the {@linkplain Builder#namespace namespace}, if one is set. Owns two threads, on which the client blocks
 * and stages complete; close it when done.
 */
@SuppressWarnings("exports") // The module of Jedis is required by whoever makes the client.
public final class RedisRevokedTokens implements RevokedTokens, AutoCloseable {
    static final int MAX_TOKENS = 1_000_000;

    /** The time after which a revocation fails, whether or not it will take effect. */
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(RedisRevokedTokens.class);
    private static final LuaScript ADD = LuaScript.load(RedisRevokedTokens.class, "revoked_token_add.lua");
    private static final LuaScript NEWS = LuaScript.load(RedisRevokedTokens.class, "revoked_token_news.lua");

    /**
     * The keys, in one slot: the end of each token, their order of arrival, their count, and an epoch that is new if
     * Redis lost them.
     */
    private final List<String> keys;

    private static final CompletionStage<Boolean> YES = CompletableFuture.completedStage(true);
    private static final CompletionStage<Boolean> NO = CompletableFuture.completedStage(false);

    private final Supplier<? extends UnifiedJedis> client;
    private final WhenStale whenStale;
    private final long maxStaleNanos;
    private final TimeSource time;
    private final int maxTokens;

    /** The tokens of the list that Redis has now. */
    private volatile RevocationCopy copy = new RevocationCopy();

    /** The tokens of lists that Redis has lost, which stay revoked here; they do not count as tokens of its present list. */
    private volatile RevocationCopy former = new RevocationCopy();

    private final BlockingCalls calls = new BlockingCalls("tollgate-revoked-tokens", 1, CALL_TIMEOUT);
    private final ScheduledExecutorService poller = DaemonThread.scheduler("tollgate-revoked-tokens-news");

    /** The time at which the copy was last known to be fresh; meaningless while {@link #neverRead}. */
    private volatile long freshAt;

    private volatile boolean neverRead = true;

    /** The position in the log; used by the poller only. */
    private String epoch = "";

    private String seen = "0";

    /** True while the copy is read from the start of the list to its end. */
    private boolean fromStart = true;

    private boolean down;

    /** The behaviour while it is unknown which tokens were revoked recently. */
    public enum WhenStale {
        /** Rejects every token with {@code SERVICE_UNAVAILABLE}; no revoked token is accepted. */
        REJECT,
        /**
         * Accepts tokens that are not known to be revoked: a token that was revoked recently may be accepted until it
         * expires.
         */
        ACCEPT
    }

    private RedisRevokedTokens(Builder builder, Supplier<? extends UnifiedJedis> client) {
        this.client = client;
        this.whenStale = builder.whenStale;
        this.maxStaleNanos = builder.maxStaleness.toNanos();
        this.time = builder.time;
        this.maxTokens = builder.maxTokens;
        this.keys = Stream.of("until", "log", "count", "epoch")
                .map(part -> builder.namespace.key("{revoked_tokens}:" + part))
                .toList();
        DaemonThread.repeat(poller, this::poll, Duration.ZERO, builder.refreshInterval);
    }

    /** Starts a builder; only the client must be set. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the id has more than 64 characters
     */
    @Override
    public CompletionStage<Void> revoke(String tokenId, Instant until) {
        RevocationCopy.requireId(tokenId);
        String untilMillis = String.valueOf(until.toEpochMilli());
        return calls.call(CallContext.create(), deadline -> {
            List<?> reply = ADD.run(
                    client.get(),
                    keys,
                    List.of(
                            tokenId,
                            untilMillis,
                            String.valueOf(time.now().toEpochMilli()),
                            String.valueOf(maxTokens),
                            UUID.randomUUID().toString()));
            if (!reply.get(0).equals("added")) {
                throw RevocationCopy.full(maxTokens);
            }
            synchronized (this) { // A token must not be added to a copy that was just replaced.
                copy.add(tokenId, until);
            }
            return null;
        });
    }

    @Override
    public CompletionStage<Boolean> isRevoked(String tokenId) {
        if (copy.contains(tokenId) || former.contains(tokenId)) { // In this order: tokens move to the latter.
            return YES;
        }
        boolean stale = neverRead || time.nanoTime() - freshAt > maxStaleNanos;
        return stale && whenStale == WhenStale.REJECT
                ? CompletableFuture.failedStage(new IOException("revoked tokens: the copy is too old"))
                : NO;
    }

    /** Returns the age of the copy; empty before it was first read from Redis. */
    public Optional<Duration> age() {
        return neverRead ? Optional.empty() : Optional.of(Duration.ofNanos(time.nanoTime() - freshAt));
    }

    private void poll() {
        try {
            long startedAt = time.nanoTime();
            dropEnded();
            boolean more = true;
            while (more) {
                more = readNews();
            }
            freshAt = startedAt;
            neverRead = false;
            if (down) {
                down = false;
                LOG.info("revoked tokens readable again");
            }
        } catch (Throwable e) { // Errors too, or the list would never be read again.
            if (!down) {
                down = true;
                LOG.atWarn().addKeyValue("reason", e.toString()).log("revoked tokens not readable, copy kept");
            }
        }
    }

    private void dropEnded() {
        Instant now = time.now();
        copy.dropEndedBy(now);
        former.dropEndedBy(now);
    }

    /** Reads the tokens that were revoked since; returns whether there may be more. */
    private boolean readNews() {
        List<?> reply = NEWS.run(client.get(), keys, List.of(seen, epoch));
        String read = (String) reply.get(0);
        if (!read.equals(epoch)) {
            startOver();
            epoch = read;
        }
        if (copy.size() + reply.size() / 2 > maxTokens) {
            dropEnded();
        }
        int skipped = 0;
        for (int i = 2; i + 1 < reply.size(); i += 2) {
            String tokenId = (String) reply.get(i);
            if (tokenId.length() > RevocationCopy.MAX_ID_LENGTH) {
                skipped++;
            } else if (hasRoomFor(tokenId)) {
                copy.add(tokenId, end((String) reply.get(i + 1)));
            } else if (fromStart) {
                throw new IllegalStateException(
                        "revoked tokens: more than " + maxTokens + " (expected: at most " + maxTokens + ")");
            } else {
                // Redis may have lost some of the tokens that are in the copy: only the list itself says how many there
                // are.
                startOver();
                return true;
            }
        }
        seen = (String) reply.get(1);
        boolean more = reply.size() > 2;
        fromStart &= more;
        if (skipped > 0) {
            LOG.atWarn()
                    .addKeyValue("skipped", skipped)
                    .addKeyValue("max_id_length", RevocationCopy.MAX_ID_LENGTH)
                    .log("revoked tokens with too long ids skipped");
        }
        return more;
    }

    private boolean hasRoomFor(String tokenId) {
        return copy.size() < maxTokens || copy.contains(tokenId);
    }

    private static Instant end(String millis) {
        try {
            return Instant.ofEpochMilli(Long.parseLong(millis));
        } catch (NumberFormatException e) {
            return Instant.MAX; // Infinite, or beyond what 64 bits hold.
        }
    }

    /** Begins a new copy, of the whole list; what is known stays revoked. */
    private synchronized void startOver() {
        epoch = "";
        seen = "0";
        fromStart = true;
        if (copy.size() == 0) {
            return;
        }
        boolean all = true;
        if (former.size() == 0) {
            former = copy;
        } else {
            all = former.addAll(copy, maxTokens);
        }
        copy = new RevocationCopy();
        if (!all) {
            LOG.atWarn()
                    .addKeyValue("kept", maxTokens)
                    .log("revoked tokens of lost lists dropped, there were too many");
        }
    }

    /** Stops the threads; the client stays open. */
    @Override
    public void close() {
        poller.shutdownNow();
        calls.close();
    }

    /** Collects the settings. Not thread-safe. */
    public static final class Builder {
        private @Nullable Supplier<? extends UnifiedJedis> client;
        private WhenStale whenStale = WhenStale.REJECT;
        private Duration refreshInterval = Duration.ofSeconds(1);
        private Duration maxStaleness = Duration.ofSeconds(10);
        private Namespace namespace = Namespace.NONE;
        private TimeSource time = TimeSource.system();
        private int maxTokens = MAX_TOKENS;

        private Builder() {}

        /**
         * Sets the client.
         *
         * @param shared used from several threads at once; never closed by the list
         */
        public Builder client(UnifiedJedis shared) {
            requireNonNull(shared, "shared");
            return client(() -> shared);
        }

        /**
         * Sets a supplier of the client, called for each operation.
         *
         * @param supplier called on a thread of the list: it may block to connect, and throw, which counts as Redis being
         *     unreachable
         */
        public Builder client(Supplier<? extends UnifiedJedis> supplier) {
            this.client = requireNonNull(supplier, "supplier");
            return this;
        }

        /** Sets what happens to tokens while the copy is too old; {@link WhenStale#REJECT} by default. */
        public Builder whenStale(WhenStale choice) {
            this.whenStale = requireNonNull(choice, "choice");
            return this;
        }

        /** Sets the interval at which the copy is refreshed, 10 milliseconds to 1 minute; 1 second by default. */
        public Builder refreshInterval(Duration interval) {
            this.refreshInterval =
                    Settings.within("refreshInterval", interval, Duration.ofMillis(10), Duration.ofMinutes(1));
            return this;
        }

        /**
         * Sets the age beyond which the copy is too old, {@link #refreshInterval} to 1 hour; 10 seconds by default.
         */
        public Builder maxStaleness(Duration age) {
            this.maxStaleness = Settings.within("maxStaleness", age, Duration.ofMillis(10), Duration.ofHours(1));
            return this;
        }

        /**
         * Sets the namespace, 1 to 64 characters of {@code A-Z a-z 0-9 _ . -}: every key begins with it and a colon, so that
         * services with different namespaces share nothing. None by default.
         */
        public Builder namespace(String name) {
            this.namespace = Namespace.of(name);
            return this;
        }

        /** Sets the number of tokens beyond which revoking fails. */
        Builder maxTokens(int tokens) {
            this.maxTokens = tokens;
            return this;
        }

        /** Sets the clocks; those of the system by default. */
        public Builder time(TimeSource source) {
            this.time = requireNonNull(source, "source");
            return this;
        }

        /**
         * Returns the list and starts to read it from Redis; does not wait for that.
         *
         * @throws IllegalStateException if the client is unset, or {@code maxStaleness} is less than {@code refreshInterval}
         */
        public RedisRevokedTokens build() {
            Supplier<? extends UnifiedJedis> set = Settings.required("client", client, "client(...) before build()");
            if (maxStaleness.compareTo(refreshInterval) < 0) {
                throw new IllegalStateException("maxStaleness: " + maxStaleness
                        + " (expected: at least refreshInterval, " + refreshInterval + ")");
            }
            return new RedisRevokedTokens(this, set);
        }
    }
}
