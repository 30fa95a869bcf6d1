package io.tollgate.grpc.server;

import static io.tollgate.grpc.server.ChatServer.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.tollgate.api.guard.GuardListener;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.auth.redis.RedisServer;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.SharedRateLimiter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Servers that share their limits in a real Redis. */
@Isolated // counts threads
class SharedLimitTest {
    @TempDir
    static Path folder;

    private static RedisServer redis;

    @BeforeAll
    static void start() {
        redis = RedisServer.start(folder);
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    private static SharedRateLimiter limiter(String namespace) {
        return SharedRateLimiter.builder("redis://127.0.0.1:" + redis.port())
                .namespace(namespace)
                .build();
    }

    private static RequestGuard.Builder guard(SharedRateLimiter limiter, RateLimit limit) {
        return RequestGuard.builder().tokens(Tokens.verifier()).limiter(limiter, List.of(Policies.standard(limit)));
    }

    private static ChatServer server(RequestGuard guard) {
        return ChatServer.with(executor -> GuardInterceptor.of(guard, executor));
    }

    private static Status.Code say(ChatServer server, String... metadata) {
        Replies replies = new Replies();
        server.async(metadata).say(line("hello"), replies);
        return replies.status().getCode();
    }

    @Test
    void shareOneLimit() {
        try (SharedRateLimiter first = limiter("shared");
                SharedRateLimiter second = limiter("shared");
                ChatServer one = server(guard(first, RateLimit.perHour(10)).build());
                ChatServer other = server(guard(second, RateLimit.perHour(10)).build())) {
            String ann = Tokens.bearer("ann");
            List<Status.Code> codes = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                codes.add(say(one, "authorization", ann));
                codes.add(say(other, "authorization", ann));
            }

            assertThat(codes.subList(0, 10)).containsOnly(Status.Code.OK);
            assertThat(codes.subList(10, 16)).containsOnly(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(say(one, "authorization", Tokens.bearer("bob"))).isEqualTo(Status.Code.OK);
        }
    }

    @Test
    void limitBadTokensTogether() {
        try (SharedRateLimiter first = limiter("bad-tokens");
                SharedRateLimiter second = limiter("bad-tokens");
                ChatServer one = server(guard(first, RateLimit.perHour(1_000)).build());
                ChatServer other =
                        server(guard(second, RateLimit.perHour(1_000)).build())) {
            List<Status.Code> codes = new ArrayList<>();
            for (int i = 0; i < 11; i++) {
                codes.add(say(one, "authorization", "Bearer forged." + i));
                codes.add(say(other, "authorization", "Bearer forged." + i));
            }

            assertThat(codes.subList(0, 20)).containsOnly(Status.Code.UNAUTHENTICATED);
            assertThat(codes.subList(20, 22)).containsOnly(Status.Code.RESOURCE_EXHAUSTED);
        }
    }

    @Test
    void failNoCallWhileRedisHangs() {
        int calls = 500;
        List<RateLimitDecision.Source> sources = new CopyOnWriteArrayList<>();
        GuardListener listener = new GuardListener() {
            @Override
            public void decided(HttpRequestHead head, RateLimitDecisions decisions, long nanos) {
                decisions.decisions().forEach(decision -> sources.add(decision.source()));
            }
        };
        try (SharedRateLimiter limiter = limiter("hangs");
                ChatServer server = server(guard(limiter, RateLimit.perHour(100_000))
                        .listener(listener)
                        .build())) {
            String ann = Tokens.bearer("ann");
            await("shared decisions").until(() -> {
                sources.clear();
                return say(server, "authorization", ann) == Status.Code.OK
                        && sources.contains(RateLimitDecision.Source.SHARED);
            });
            sources.clear();
            List<Status.Code> codes = new ArrayList<>();
            long[] nanos = new long[calls];

            redis.suspend();
            try {
                for (int i = 0; i < calls; i++) {
                    long start = System.nanoTime();
                    codes.add(say(server, "authorization", ann));
                    nanos[i] = System.nanoTime() - start;
                }
            } finally {
                redis.resume();
            }

            assertThat(codes).hasSize(calls).containsOnly(Status.Code.OK);
            assertThat(sources).hasSize(calls).containsOnly(RateLimitDecision.Source.FALLBACK);
            Arrays.sort(nanos);
            System.out.printf(
                    "gRPC calls while Redis hangs: %d, p50 %d us, p99 %d us, longest %d us%n",
                    calls, nanos[calls / 2] / 1_000, nanos[calls * 99 / 100] / 1_000, nanos[calls - 1] / 1_000);
        }
    }

    @Test
    void handleCallsOnTheThreadsOfTheServer() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (SharedRateLimiter limiter = limiter("threads");
                ChatServer server =
                        server(guard(limiter, RateLimit.perHour(100_000)).build())) {
            server.say = (request, observer) -> {
                threads.add(Thread.currentThread());
                ChatServer.echo(request, observer);
            };
            server.talk = observer -> {
                threads.add(Thread.currentThread());
                return new ChatServer.Echo(observer);
            };
            String ann = Tokens.bearer("ann");
            for (int i = 0; i < 50; i++) {
                assertThat(say(server, "authorization", ann)).isEqualTo(Status.Code.OK);
                Replies replies = new Replies();
                server.async("authorization", ann).talk(replies).onCompleted();
                assertThat(replies.status().isOk()).isTrue();
            }
        }

        assertThat(threads).isNotEmpty().allMatch(ChatServer::isHandlerThread);
    }

    @Test
    void decideWhileHandlersBlock() {
        CompletableFuture<Void> release = new CompletableFuture<>();
        try (SharedRateLimiter limiter = limiter("blocking");
                ChatServer server = server(guard(limiter, RateLimit.perHour(25)).build())) {
            server.say = (request, observer) -> {
                release.join();
                ChatServer.echo(request, observer);
            };
            String ann = Tokens.bearer("ann");
            List<Replies> blocked = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                Replies replies = new Replies();
                server.async("authorization", ann).say(line("hello"), replies);
                blocked.add(replies);
            }
            await("all handlers block").until(() -> server.started.get() == 25);

            assertThat(say(server, "authorization", ann)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(blocked).noneMatch(Replies::isEnded);

            release.complete(null);
            assertThat(blocked).allMatch(replies -> replies.status().isOk());
        } finally {
            release.complete(null);
        }
    }

    @Test
    void leaveNoThreadsBehind() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (SharedRateLimiter limiter = limiter("no-threads");
                ChatServer server =
                        server(guard(limiter, RateLimit.perHour(1_000)).build())) {
            assertThat(say(server, "authorization", Tokens.bearer("ann"))).isEqualTo(Status.Code.OK);
        }

        await("threads of the server and of the limiter")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(newThreads(before)).isEmpty());
    }

    /** Returns the names of threads that came since, but for those that gRPC's channels share and keep for a while. */
    private static Set<String> newThreads(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> !name.startsWith("grpc-") && !name.startsWith("ForkJoinPool"))
                .filter(name -> !name.startsWith("awaitility"))
                .collect(Collectors.toSet());
    }
}
