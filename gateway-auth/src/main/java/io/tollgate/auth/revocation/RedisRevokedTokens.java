package io.tollgate.auth.revocation;

import static java.util.Objects.requireNonNull;

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
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;

/**
 * Revoked access tokens in Redis, shared by any number of instances, with a copy in each that is brought up to date every
 * second, so that no request waits for Redis. Needs Redis 6.2 or later and the optional dependency
 * {@code redis.clients:jedis}.
 *
 * <p>Each token is kept until it ends, and at most {@value #MAX_TOKENS} are; beyond that {@link #revoke} fails. While
 * Redis cannot be asked, an instance knows what it knew. When its copy is older than the tolerated staleness, it does what
 * it was told to: refuse every token with {@code SERVICE_UNAVAILABLE}, or go on with the old copy.
 *
 * <p>Owns two threads, on which the client blocks and stages complete; close it when done.
 */
public final class RedisRevokedTokens implements RevokedTokens, AutoCloseable {
    static final int MAX_TOKENS = 1_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(RedisRevokedTokens.class);
    private static final LuaScript ADD = LuaScript.load(RedisRevokedTokens.class, "revoked_token_add.lua");
    private static final LuaScript NEWS = LuaScript.load(RedisRevokedTokens.class, "revoked_token_news.lua");

    /** In one slot: when each token ends, in which order they came, how many came, and whether Redis has lost them. */
    private final List<String> keys;

    private static final CompletionStage<Boolean> YES = CompletableFuture.completedStage(true);
    private static final CompletionStage<Boolean> NO = CompletableFuture.completedStage(false);

    private final Supplier<? extends UnifiedJedis> client;
    private final WhenStale whenStale;
    private final long maxStaleNanos;
    private final TimeSource time;
    private final RevocationCopy copy = new RevocationCopy();
    private final BlockingCalls calls = new BlockingCalls("tollgate-revoked-tokens", 1);
    private final ScheduledExecutorService poller = DaemonThread.scheduler("tollgate-revoked-tokens-news");

    /** When the copy was last known to be up to date; {@link #neverAsked} before the first answer. */
    private volatile long freshAt;

    private volatile boolean neverAsked = true;

    /** Where we are in the log; touched by the poller only. */
    private String epoch = "";

    private String seen = "0";
    private boolean down;

    /** What to do with tokens while nobody can tell whether they were revoked. */
    public enum WhenStale {
        /** Fail with {@code SERVICE_UNAVAILABLE}: no revoked token passes, and neither does any other. */
        REJECT,
        /** Accept what is not known to be revoked: a token revoked since may pass until it expires. */
        ACCEPT
    }

    private RedisRevokedTokens(Builder builder, Supplier<? extends UnifiedJedis> client) {
        this.client = client;
        this.whenStale = builder.whenStale;
        this.maxStaleNanos = builder.maxStaleness.toNanos();
        this.time = builder.time;
        this.keys = Stream.of("until", "log", "count", "epoch")
                .map(part -> builder.namespace.key("{revoked_tokens}:" + part))
                .toList();
        ScheduledFuture<?> unused =
                poller.scheduleWithFixedDelay(this::poll, 0, builder.refreshEvery.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Starts a builder; only the client must be set. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public CompletionStage<Void> revoke(String tokenId, Instant until) {
        requireNonNull(tokenId, "tokenId");
        String untilMillis = String.valueOf(until.toEpochMilli());
        return calls.call(() -> {
            List<?> answer = ADD.run(
                    client.get(),
                    keys,
                    List.of(
                            tokenId,
                            untilMillis,
                            String.valueOf(time.now().toEpochMilli()),
                            String.valueOf(MAX_TOKENS),
                            UUID.randomUUID().toString()));
            if (!answer.get(0).equals("added")) {
                throw RevocationCopy.full(MAX_TOKENS);
            }
            copy.add(tokenId, until);
            return null;
        });
    }

    @Override
    public CompletionStage<Boolean> isRevoked(String tokenId) {
        if (copy.contains(tokenId)) {
            return YES;
        }
        boolean stale = neverAsked || time.nanoTime() - freshAt > maxStaleNanos;
        return stale && whenStale == WhenStale.REJECT
                ? CompletableFuture.failedStage(new IOException("the list of revoked tokens is out of date"))
                : NO;
    }

    /** How old the copy is; empty before Redis has first answered. */
    public Optional<Duration> age() {
        return neverAsked ? Optional.empty() : Optional.of(Duration.ofNanos(time.nanoTime() - freshAt));
    }

    private void poll() {
        try {
            long asked = time.nanoTime();
            boolean more = true;
            while (more) {
                more = readNews();
            }
            copy.dropEndedBy(time.now());
            freshAt = asked;
            neverAsked = false;
            if (down) {
                down = false;
                LOG.info("the list of revoked tokens is up to date again");
            }
        } catch (RuntimeException e) {
            if (!down) {
                down = true;
                LOG.atWarn().addKeyValue("reason", e.toString()).log("the list of revoked tokens cannot be read");
            }
        }
    }

    /** Reads what came since; answers whether there may be more. */
    private boolean readNews() {
        List<?> answer = NEWS.run(client.get(), keys, List.of(seen, epoch));
        epoch = (String) answer.get(0);
        seen = (String) answer.get(1);
        for (int i = 2; i + 1 < answer.size(); i += 2) {
            copy.add((String) answer.get(i), Instant.ofEpochMilli(Long.parseLong((String) answer.get(i + 1))));
        }
        return answer.size() > 2;
    }

    /** Ends its threads; the client stays open. */
    @Override
    public void close() {
        poller.shutdownNow();
        calls.close();
    }

    /** Collects the settings. Not thread-safe. */
    public static final class Builder {
        private @Nullable Supplier<? extends UnifiedJedis> client;
        private WhenStale whenStale = WhenStale.REJECT;
        private Duration refreshEvery = Duration.ofSeconds(1);
        private Duration maxStaleness = Duration.ofSeconds(10);
        private Namespace namespace = Namespace.NONE;
        private TimeSource time = TimeSource.system();

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
        public Builder refreshEvery(Duration interval) {
            this.refreshEvery = Settings.within("refreshEvery", interval, Duration.ofMillis(10), Duration.ofMinutes(1));
            return this;
        }

        /**
         * Sets the age beyond which the copy is too old, {@link #refreshEvery} to 1 hour; 10 seconds by default.
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

        /** Sets the clocks; those of the system by default. */
        public Builder time(TimeSource source) {
            this.time = requireNonNull(source, "source");
            return this;
        }

        /**
         * Returns the list and starts to read it from Redis; does not wait for that.
         *
         * @throws IllegalStateException if the client is unset, or {@code maxStaleness} is less than {@code refreshEvery}
         */
        public RedisRevokedTokens build() {
            Supplier<? extends UnifiedJedis> set = Settings.required("client", client, "client(...) before build()");
            if (maxStaleness.compareTo(refreshEvery) < 0) {
                throw new IllegalStateException(
                        "maxStaleness: " + maxStaleness + " (expected: at least refreshEvery, " + refreshEvery + ")");
            }
            return new RedisRevokedTokens(this, set);
        }
    }
}
