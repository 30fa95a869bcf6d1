package io.tollgate.ratelimit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimiter;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/**
 * A rate limiter with its buckets in Redis, where any number of instances share them. One script decides each check
 * atomically, by the clock of Redis alone; concurrent decisions travel in one flush over one connection per node.
 *
 * <p>A bucket is a hash with the key {@code token_bucket:{<policy>:<key>}}, after the {@linkplain Builder#namespace
 * namespace} if there is one, and expires when it would be full. Braces, percent signs and all characters other than
 * visible ASCII are percent-encoded in {@code <key>}; if it is then longer than 256 characters, its SHA-256 digest
 * takes its place.
 *
 * <p>A decision that is not made within the deadline fails with a {@link io.tollgate.api.GatewayException} of {@link
 * io.tollgate.api.CommonError#SERVICE_UNAVAILABLE}; it fails at once if there is no connection or the queue is full. It
 * is then unknown whether it was charged; it is never sent twice. Use a {@link FallbackRateLimiter} in front of this
 * limiter to get a decision in every case. The limiter starts even if Redis is down, and connects when Redis is
 * available.
 *
 * <p>Thread-safe. Owns one thread and one connection per node, and one thread that watches deadlines. Stages complete
 * on these threads, which dependents must not block, or on a {@linkplain Builder#callbackExecutor chosen executor}.
 * {@link #close} stops the threads and fails the waiting decisions.
 */
public final class RedisRateLimiter implements RateLimiter, AutoCloseable {
    private final TokenBucketScript script;
    private final RedisCounters counters = new RedisCounters();
    private final LastKnown lastKnown = new LastKnown();
    private final Callbacks callbacks;
    private final long deadlineNanos;
    private final DeadlineWatch watch;
    private final RedisNodes nodes;

    private RedisRateLimiter(Builder builder) {
        this.script = new TokenBucketScript(builder.namespace);
        this.callbacks = new Callbacks(builder.callbackExecutor);
        this.deadlineNanos = builder.deadline.toNanos();
        this.watch = new DeadlineWatch("tollgate-redis", deadlineNanos);
        try {
            RedisPassword password = new RedisPassword(builder.password);
            this.nodes = builder.nodes(
                    password,
                    new LaneContext(script, counters, lastKnown, new ErrorTexts(password), builder.maxQueued));
        } catch (Throwable e) {
            watch.close();
            throw e;
        }
    }

    /** Returns a builder; every setting has a default. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
        return callbacks.stage(send(RedisScript.TAKE, check, null));
    }

    /** {@inheritDoc} A refund has the same {@linkplain Builder#deadline deadline} as a decision. */
    @Override
    public CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
        if (!decision.refundable()) {
            return Refunds.DONE;
        }
        if (decision.source() != RateLimitDecision.Source.SHARED) {
            return Refunds.foreign(decision, RateLimitDecision.Source.SHARED);
        }
        CompletionStage<RateLimitDecision> sent = send(RedisScript.REFUND, decision.check(), decision);
        CompletionStage<@Nullable Void> refund = sent.handle((refunded, failure) -> {
            if (failure != null) {
                counters.lostRefunds.increment();
                throw new CompletionException(Refunds.failure(decision, failure));
            }
            return null;
        });
        return callbacks.stage(refund.toCompletableFuture());
    }

    private Pending send(RedisScript called, RateLimitCheck check, @Nullable RateLimitDecision refunded) {
        byte[] bucket = script.bucket(check);
        Pending pending = new Pending(
                check, refunded, bucket, script.arguments(called, check, bucket), System.nanoTime() + deadlineNanos);
        nodes.send(pending);
        if (!pending.isDone()) {
            watch.add(pending);
        }
        return pending;
    }

    /** Returns the counters since the start, and the state of the connection. */
    public RedisStats stats() {
        return new RedisStats(
                counters.decisions.sum(),
                counters.refunds.sum(),
                counters.lostRefunds.sum(),
                counters.batches.sum(),
                watch.timeouts(),
                counters.overflows.sum(),
                counters.scriptLoads.sum(),
                counters.connectFailures.sum(),
                counters.invalidReplies.sum(),
                counters.redirections.sum(),
                nodes.queued(),
                nodes.isUp(),
                nodes.trouble());
    }

    /** Returns the levels of the bucket of {@code check} in the latest reply of Redis; null if there is none. */
    @Nullable
    KnownLevels lastKnown(RateLimitCheck check) {
        return lastKnown.of(script.bucket(check));
    }

    @Override
    public void close() {
        nodes.close();
        watch.close();
    }

    /** Builds a {@link RedisRateLimiter}. Not thread-safe. */
    public static final class Builder {
        private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

        private List<HostAndPort> addresses = List.of(new HostAndPort("localhost", 6379));
        private @Nullable String masterName;
        private boolean cluster;
        private @Nullable String username;
        private Supplier<@Nullable String> password = () -> null;
        private int database;
        private @Nullable SSLContext tls;
        private String namespace = "";
        private @Nullable Executor callbackExecutor;
        private Duration deadline = Duration.ofMillis(50);
        private Duration connectTimeout = Duration.ofSeconds(1);
        private Duration readTimeout = Duration.ofSeconds(2);
        private int maxQueued = 10_000;

        private Builder() {}

        /** Sets one Redis; {@code localhost:6379} by default. */
        public Builder standalone(String host, int port) {
            return nodes(null, false, List.of(requireNonNull(host, "host") + ":" + port));
        }

        /**
         * Sets one Redis, its credentials, database and TLS by {@code
         * redis://[[user]:password@]host[:port][/database]}. With {@code rediss}, connections use TLS and the trust
         * store of the JVM, unless {@link #tls} sets another. User and password are percent-encoded, an IPv6 address is
         * in brackets, and the default port is 6379.
         *
         * @throws IllegalArgumentException names the part that is wrong, without its value
         */
        public Builder uri(String uri) {
            RedisUri parsed = RedisUri.parse(requireNonNull(uri, "uri"));
            this.username = parsed.username();
            String secret = parsed.password();
            this.password = () -> secret;
            this.database = parsed.database();
            this.tls = parsed.tls() ? trustingWhatTheJvmTrusts() : null;
            return standalone(parsed.host(), parsed.port());
        }

        private static SSLContext trustingWhatTheJvmTrusts() {
            try {
                return SSLContext.getDefault();
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("uri: the JVM's trust store cannot be used: " + e.getMessage(), e);
            }
        }

        /**
         * Sets the Redis that sentinels name as master. They are asked in this order whenever a connection is made.
         *
         * @param sentinels one or more, each {@code host:port}
         */
        public Builder sentinel(String masterName, List<String> sentinels) {
            return nodes(requireNonNull(masterName, "masterName"), false, sentinels);
        }

        /**
         * Sets a Redis Cluster. Its masters are found through any of these nodes.
         *
         * @param someNodes one or more, each {@code host:port}
         */
        public Builder cluster(List<String> someNodes) {
            return nodes(null, true, someNodes);
        }

        private Builder nodes(@Nullable String master, boolean isCluster, List<String> texts) {
            if (texts.isEmpty()) {
                throw new IllegalArgumentException("nodes: none (expected: one or more host:port)");
            }
            this.addresses = texts.stream().map(RedisSettings::node).toList();
            this.masterName = master;
            this.cluster = isCluster;
            return this;
        }

        /** Sets the ACL user; the default user if unset. */
        public Builder username(String name) {
            this.username = requireNonNull(name, "name");
            return this;
        }

        /** Sets the password; none by default. It is not sent to sentinels. */
        public Builder password(String secret) {
            requireNonNull(secret, "secret");
            this.password = () -> secret;
            return this;
        }

        /**
         * Sets a password that may change while the limiter runs, such as that of a file. Each new connection sends the
         * one of its moment; those that are open stay as they are, as Redis leaves them.
         *
         * @param current called on the thread of a connection; if it throws, the connection is not made, and is tried again
         */
        public Builder password(Supplier<String> current) {
            this.password = requireNonNull(current, "current");
            return this;
        }

        /** Sets the number of the database; 0 by default, and the only one in a cluster. */
        public Builder database(int number) {
            if (number < 0) {
                throw new IllegalArgumentException("database: " + number + " (expected: 0 or more)");
            }
            this.database = number;
            return this;
        }

        /**
         * Sets a prefix of every key: {@code name} and a colon, as in {@code shop:token_bucket:{daily:user:42}}; none
         * by default. Services that use the same Redis and must not share buckets need different namespaces.
         *
         * @param name {@code [A-Za-z0-9_.-]{1,64}}
         */
        public Builder namespace(String name) {
            if (!NAMESPACE.matcher(requireNonNull(name, "name")).matches()) {
                throw new IllegalArgumentException("namespace: \"" + name + "\" (expected: " + NAMESPACE + ")");
            }
            this.namespace = name;
            return this;
        }

        /** Enables TLS. The certificate of a node must be trusted by {@code context} and have its host name. */
        public Builder tls(SSLContext context) {
            this.tls = requireNonNull(context, "context");
            return this;
        }

        /**
         * Sets the executor on which stages complete, and so run their dependents that have no executor of their own.
         * Dependents may block if the threads of the executor may. By default, stages complete on the thread of the
         * connection, which dependents must not block, since it reads all other decisions. A stage that is complete
         * when it is returned, such as a failure without a connection, needs no executor.
         *
         * <p>If the executor rejects a task, as one that was shut down does, the stage completes on the thread of the
         * connection. If it silently drops a task, the stage never completes. The limiter does not close it.
         */
        public Builder callbackExecutor(Executor executor) {
            this.callbackExecutor = requireNonNull(executor, "executor");
            return this;
        }

        /** Sets the time limit of a decision, 1 ms to 1 min; 50 ms by default. */
        public Builder deadline(Duration most) {
            this.deadline = checked("deadline", most, Duration.ofMinutes(1));
            return this;
        }

        /**
         * Sets the time limit for making a connection, 1 ms to 5 min; 1 s by default. It does not extend the deadline
         * of decisions.
         */
        public Builder connectTimeout(Duration most) {
            this.connectTimeout = checked("connectTimeout", most, Duration.ofMinutes(5));
            return this;
        }

        /** Sets the time without a reply after which a connection is closed, 1 ms to 5 min; 2 s by default. */
        public Builder readTimeout(Duration most) {
            this.readTimeout = checked("readTimeout", most, Duration.ofMinutes(5));
            return this;
        }

        /**
         * Sets the maximum of decisions that wait for one node, 1 or more; 10,000 by default. Beyond it they fail at
         * once.
         */
        public Builder maxQueued(int decisions) {
            if (decisions < 1) {
                throw new IllegalArgumentException("maxQueued: " + decisions + " (expected: 1 or more)");
            }
            this.maxQueued = decisions;
            return this;
        }

        /**
         * Returns the limiter, which connects in the background.
         *
         * @throws IllegalArgumentException if a database other than 0 is set for a cluster
         */
        public RedisRateLimiter build() {
            if (cluster && database != 0) {
                throw new IllegalArgumentException("database: " + database + " (expected: 0, for a cluster)");
            }
            return new RedisRateLimiter(this);
        }

        RedisNodes nodes(RedisPassword secret, LaneContext context) {
            RedisSettings settings = new RedisSettings(
                    username, secret, database, tls, (int) connectTimeout.toMillis(), (int) readTimeout.toMillis());
            if (cluster) {
                return new ClusterNodes(addresses, settings, context);
            }
            String master = masterName;
            if (master != null) {
                return new SingleNode(master, () -> settings.connectToMaster(master, addresses), context);
            }
            HostAndPort node = addresses.get(0);
            return new SingleNode(node.toString(), () -> settings.connect(node), context);
        }

        private static Duration checked(String name, Duration value, Duration most) {
            if (requireNonNull(value, name).toMillis() < 1 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: 1 ms to " + most + ")");
            }
            return value;
        }
    }
}
