package io.tollgate.auth.refresh;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CallContext;
import io.tollgate.api.TimeSource;
import io.tollgate.auth.redis.LuaScript;
import io.tollgate.auth.redis.Namespace;
import io.tollgate.auth.settings.Settings;
import io.tollgate.auth.threads.BlockingCalls;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;

/**
 * Keeps families of refresh tokens in Redis, shared by any number of instances. Works with a single server, Sentinel
 * and a cluster; needs Redis 6.2 or later and the optional dependency {@code redis.clients:jedis}.
 *
 * <p>A family is two keys in one slot, {@code refresh_token:{<family>}} and {@code refresh_token:{<family>}:used},
 * which expire with it, so each rotation is one script. The key {@code refresh_tokens_of:<user>} lists the families of
 * a user for {@link #revokeAll}. All keys begin with the {@linkplain Builder#namespace namespace}, if one is set. A
 * user has at most {@value #MAX_FAMILIES_PER_USER} families; one more ends the oldest. Families survive a restart of
 * Redis only as far as Redis is configured to persist.
 *
 * <p>A rotation carries the time after which its caller no longer waits, by the clock of Redis. The store reads that clock
 * before its first rotation, and with each reply. Redis does nothing for a rotation that reaches it later: it may have waited in
 * a stalled server or in a network for longer than any grace, and would make the next use of the token look like a theft. So a
 * rotation whose reply is lost took effect in time or never, and the same token yields the same successor within the grace,
 * here and elsewhere. If the clock of Redis is set back, or a node whose clock is behind takes over, the first rotations after
 * that may take effect as much later. The clock of Redis also measures the grace.
 *
 * <p>The client blocks on two threads of this store. A stage completes on one of these; at the {@linkplain Builder#timeout
 * timeout} on a third; if the request of a call that has not begun is cancelled, on the thread that cancels. Dependents must
 * not block them. Times have the precision of milliseconds. Close the store when done.
 */
@SuppressWarnings("exports") // The module of Jedis is required by whoever makes the client.
public final class RedisRefreshTokenStore implements RefreshTokenStore, AutoCloseable {
    static final int MAX_FAMILIES_PER_USER = 100;

    private static final int MAX_USED_TOKENS = 1024;
    private static final LuaScript CREATE = LuaScript.load(RedisRefreshTokenStore.class, "refresh_token_create.lua");
    private static final LuaScript INDEX = LuaScript.load(RedisRefreshTokenStore.class, "refresh_token_index.lua");
    private static final LuaScript ROTATE = LuaScript.load(RedisRefreshTokenStore.class, "refresh_token_rotate.lua");
    private static final LuaScript REVOKE = LuaScript.load(RedisRefreshTokenStore.class, "refresh_token_revoke.lua");
    private static final LuaScript TIME = LuaScript.load(RedisRefreshTokenStore.class, "refresh_token_time.lua");

    private final Supplier<? extends UnifiedJedis> client;
    private final Namespace namespace;
    private final TimeSource time;
    private final BlockingCalls calls;
    private final RedisClock clock;

    private RedisRefreshTokenStore(Builder builder, Supplier<? extends UnifiedJedis> client) {
        this.client = client;
        this.namespace = builder.namespace;
        this.time = builder.time;
        this.clock = builder.clock;
        this.calls = new BlockingCalls("tollgate-refresh-tokens", 2, builder.timeout);
    }

    /** Starts a builder; only the client must be set. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public CompletionStage<Void> create(RefreshFamily family, RefreshTokenRecord first, CallContext context) {
        requireNonNull(first, "first");
        return calls.call(context, deadline -> {
            // The index before the family: revokeAll could not find a family without an entry.
            List<?> excess = INDEX.run(
                    client.get(),
                    List.of(indexKey(family.userId())),
                    List.of(
                            family.id(),
                            millis(family.expiresAt()),
                            millis(time.now()),
                            String.valueOf(MAX_FAMILIES_PER_USER)));
            excess.forEach(id -> delete((String) id));
            List<?> reply = CREATE.run(
                    client.get(),
                    keysOf(family.id()),
                    List.of(
                            family.userId(),
                            family.principal(),
                            millis(family.expiresAt()),
                            first.hash(),
                            millis(first.expiresAt())));
            if (!reply.get(0).equals("created")) {
                throw new IllegalStateException("id: a family with this id exists (expected: a new id)");
            }
            return null;
        });
    }

    @Override
    public CompletionStage<Rotation> rotate(RotationRequest request, CallContext context) {
        requireNonNull(request, "request");
        return calls.call(context, deadline -> {
            if (!clock.isKnown()) {
                readClock(request.familyId(), deadline);
            }
            List<?> reply = rotate(request, deadline);
            if (reply.get(0).equals("late") && deadline - System.nanoTime() > 0) {
                // The reply is in time, so it is the clock that was wrong. By now it is right.
                reply = rotate(request, deadline);
            }
            return switch ((String) reply.get(0)) {
                case "rotated" -> new Rotation.Rotated(family(request, reply));
                case "repeated" -> new Rotation.Repeated(family(request, reply), (String) reply.get(5));
                case "reused" -> new Rotation.Reused(family(request, reply));
                case "late" -> throw new TimeoutException("the rotation reached Redis too late, and has no effect");
                default -> new Rotation.Rejected();
            };
        });
    }

    private void readClock(String familyId, long deadlineNanos) throws TimeoutException {
        clock.read(Long.parseLong(
                (String) TIME.run(client.get(), keysOf(familyId).subList(0, 1), List.of())
                        .get(0)));
        if (deadlineNanos - System.nanoTime() <= 0) {
            throw new TimeoutException("the time of Redis was read too late, and the rotation has no effect");
        }
    }

    private List<?> rotate(RotationRequest request, long deadlineNanos) {
        List<?> reply = ROTATE.run(
                client.get(),
                keysOf(request.familyId()),
                List.of(
                        request.presentedHash(),
                        request.successor().hash(),
                        millis(request.successor().expiresAt()),
                        request.sealedSuccessor().orElse(""),
                        millis(request.now()),
                        String.valueOf(request.grace().toMillis()),
                        String.valueOf(MAX_USED_TOKENS),
                        String.valueOf(clock.millisAt(deadlineNanos))));
        clock.read(Long.parseLong((String) reply.get(1)));
        return reply;
    }

    private static RefreshFamily family(RotationRequest request, List<?> reply) {
        return new RefreshFamily(
                request.familyId(),
                (String) reply.get(2),
                (String) reply.get(3),
                Instant.ofEpochMilli(Long.parseLong((String) reply.get(4))));
    }

    @Override
    public CompletionStage<Void> revoke(String familyId, String tokenHash) {
        return calls.call(CallContext.create(), deadline -> {
            REVOKE.run(client.get(), keysOf(familyId), List.of(tokenHash));
            return null;
        });
    }

    @Override
    public CompletionStage<Void> revokeAll(String userId) {
        String index = indexKey(requireNonNull(userId, "userId"));
        return calls.call(CallContext.create(), deadline -> {
            // The index stays until it expires: a family that is being created may be in it, but not in Redis yet.
            client.get().zrange(index, 0, -1).forEach(this::delete);
            return null;
        });
    }

    private void delete(String familyId) {
        client.get().del(keysOf(familyId).toArray(String[]::new));
    }

    private List<String> keysOf(String familyId) {
        String key = namespace.key("refresh_token:{" + familyId + "}");
        return List.of(key, key + ":used");
    }

    private String indexKey(String userId) {
        return namespace.key("refresh_tokens_of:" + userId);
    }

    private static String millis(Instant time) {
        return String.valueOf(time.toEpochMilli());
    }

    /** Stops the threads when their calls are done; the client stays open. */
    @Override
    public void close() {
        calls.close();
    }

    /** Collects the settings. Not thread-safe. */
    public static final class Builder {
        private @Nullable Supplier<? extends UnifiedJedis> client;
        private Namespace namespace = Namespace.NONE;
        private TimeSource time = TimeSource.system();
        private Duration timeout = Duration.ofSeconds(1);
        private RedisClock clock = new RedisClock();

        private Builder() {}

        /**
         * Sets the client.
         *
         * @param shared used from several threads at once; never closed by the store
         */
        public Builder client(UnifiedJedis shared) {
            requireNonNull(shared, "shared");
            return client(() -> shared);
        }

        /**
         * Sets a supplier of the client, called for each operation.
         *
         * @param supplier called on a thread of the store: it may block to connect, and throw, which counts as Redis being
         *     unreachable
         */
        public Builder client(Supplier<? extends UnifiedJedis> supplier) {
            this.client = requireNonNull(supplier, "supplier");
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

        /**
         * Sets the time after which a call fails, 10 milliseconds to 1 minute; 1 second by default. Not less than the
         * client's own timeout, and much less than the grace: clients retry within what is left of it.
         */
        public Builder timeout(Duration limit) {
            this.timeout = Settings.within("timeout", limit, Duration.ofMillis(10), Duration.ofMinutes(1));
            return this;
        }

        /** Sets the clock of Redis. */
        Builder clock(RedisClock known) {
            this.clock = known;
            return this;
        }

        /** Sets the clocks, by which expired families of a user stop counting; those of the system by default. */
        public Builder time(TimeSource source) {
            this.time = requireNonNull(source, "source");
            return this;
        }

        /**
         * Returns the store. Does not connect.
         *
         * @throws IllegalStateException if the client is unset
         */
        public RedisRefreshTokenStore build() {
            return new RedisRefreshTokenStore(this, Settings.required("client", client, "client(...) before build()"));
        }
    }
}
