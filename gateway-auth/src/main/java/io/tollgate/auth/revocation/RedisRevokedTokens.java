package io.tollgate.auth.revocation;

import static java.util.Objects.requireNonNull;

import io.tollgate.auth.redis.LuaScript;
import io.tollgate.auth.settings.Settings;
import io.tollgate.auth.threads.BlockingCalls;
import io.tollgate.auth.threads.DaemonThread;
import java.io.IOException;
import java.time.Clock;
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
import java.util.function.LongSupplier;
import java.util.function.Supplier;
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
    private static final List<String> KEYS = List.of(
            "{revoked_tokens}:until", "{revoked_tokens}:log", "{revoked_tokens}:count", "{revoked_tokens}:epoch");

    private static final CompletionStage<Boolean> YES = CompletableFuture.completedStage(true);
    private static final CompletionStage<Boolean> NO = CompletableFuture.completedStage(false);

    private final Supplier<? extends UnifiedJedis> client;
    private final WhenStale whenStale;
    private final long maxStaleNanos;
    private final Clock clock;
    private final LongSupplier nanoTime;
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
        REFUSE,
        /** Accept what is not known to be revoked: a token revoked since may pass until it expires. */
        ACCEPT
    }

    /** With a copy that is brought up to date every second, and tolerated for 10 seconds. */
    public RedisRevokedTokens(UnifiedJedis client, WhenStale whenStale) {
        this(client, whenStale, Duration.ofSeconds(1), Duration.ofSeconds(10));
    }

    /**
     * The same, from whichever client there is.
     *
     * @param client asked for each operation, on a thread of this object: it may block, to connect, and throw, which counts
     *     as Redis not answering
     */
    public RedisRevokedTokens(Supplier<? extends UnifiedJedis> client, WhenStale whenStale) {
        this(client, whenStale, Duration.ofSeconds(1), Duration.ofSeconds(10), Clock.systemUTC(), System::nanoTime);
    }

    /**
     * With other intervals.
     *
     * @param client used from several threads at once; never closed by this
     * @param refreshEvery how often the copy is brought up to date, 10 milliseconds to 1 minute
     * @param maxStaleness how old the copy may get before {@code whenStale} applies, at least {@code refreshEvery} and at
     *     most 1 hour
     */
    public RedisRevokedTokens(UnifiedJedis client, WhenStale whenStale, Duration refreshEvery, Duration maxStaleness) {
        this(always(client), whenStale, refreshEvery, maxStaleness, Clock.systemUTC(), System::nanoTime);
    }

    RedisRevokedTokens(
            Supplier<? extends UnifiedJedis> client,
            WhenStale whenStale,
            Duration refreshEvery,
            Duration maxStaleness,
            Clock clock,
            LongSupplier nanoTime) {
        this.client = requireNonNull(client, "client");
        this.whenStale = requireNonNull(whenStale, "whenStale");
        this.clock = clock;
        this.nanoTime = nanoTime;
        long millis = Settings.within("refreshEvery", refreshEvery, Duration.ofMillis(10), Duration.ofMinutes(1))
                .toMillis();
        this.maxStaleNanos = Settings.within("maxStaleness", maxStaleness, refreshEvery, Duration.ofHours(1))
                .toNanos();
        ScheduledFuture<?> unused = poller.scheduleWithFixedDelay(this::poll, 0, millis, TimeUnit.MILLISECONDS);
    }

    private static Supplier<UnifiedJedis> always(UnifiedJedis client) {
        requireNonNull(client, "client");
        return () -> client;
    }

    @Override
    public CompletionStage<Void> revoke(String tokenId, Instant until) {
        requireNonNull(tokenId, "tokenId");
        String untilMillis = String.valueOf(until.toEpochMilli());
        return calls.call(() -> {
            List<?> answer = ADD.run(
                    client.get(),
                    KEYS,
                    List.of(
                            tokenId,
                            untilMillis,
                            String.valueOf(clock.millis()),
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
        boolean stale = neverAsked || nanoTime.getAsLong() - freshAt > maxStaleNanos;
        return stale && whenStale == WhenStale.REFUSE
                ? CompletableFuture.failedStage(new IOException("the list of revoked tokens is out of date"))
                : NO;
    }

    /** How old the copy is; empty before Redis has first answered. */
    public Optional<Duration> age() {
        return neverAsked ? Optional.empty() : Optional.of(Duration.ofNanos(nanoTime.getAsLong() - freshAt));
    }

    private void poll() {
        try {
            long asked = nanoTime.getAsLong();
            boolean more = true;
            while (more) {
                more = readNews();
            }
            copy.dropEndedBy(clock.instant());
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
        List<?> answer = NEWS.run(client.get(), KEYS, List.of(seen, epoch));
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
}
