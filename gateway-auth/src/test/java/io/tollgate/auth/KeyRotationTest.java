package io.tollgate.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.LocalKeys;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The issuer and the verifier are two processes that learn of new keys one after the other. */
class KeyRotationTest {
    private static final Duration TTL = Duration.ofMinutes(15);

    private final VirtualTime time = new VirtualTime(Instant.parse("2026-11-22T12:00:00Z"));

    /** Held for writing while time jumps, so that no token expires between being picked and being verified. */
    private final ReadWriteLock jumps = new ReentrantReadWriteLock();

    private final TokenKey firstKey = TestKeys.of(SignatureAlgorithm.HS256).withKid("key-0");
    private final LocalKeys issuerKeys = LocalKeys.builder().keys(firstKey).build();
    private final LocalKeys verifierKeys = LocalKeys.builder().keys(firstKey).build();
    private final JwtTokenService issuer =
            JwtTokenService.builder().keys(issuerKeys).time(time).build();
    private final JwtVerifier verifier =
            JwtVerifier.builder().keys(verifierKeys).time(time).build();
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicLong verified = new AtomicLong();

    @Test
    void refusesNoValidTokenWhileKeysRotateUnderLoad() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(threads.submit(this::issueAndVerify));
        }
        TokenKey current = firstKey;
        SignatureAlgorithm[] algorithms = {
            SignatureAlgorithm.ES256, SignatureAlgorithm.HS512, SignatureAlgorithm.RS256, SignatureAlgorithm.EdDSA
        };
        for (int i = 0; i < algorithms.length; i++) {
            TokenKey next = TestKeys.fresh(algorithms[i]).withKid("key-" + (i + 1));
            rotate(current, next);
            current = next;
        }
        running.set(false);
        threads.shutdown();

        for (Future<?> client : clients) {
            client.get(60, TimeUnit.SECONDS);
        }
        assertThat(verified.get()).isGreaterThan(100);
    }

    @Test
    void refusesTheTokensOfARetiredKeyThatAreNotExpired() {
        String token = issue();
        verifier.verify(token).toCompletableFuture().join();

        verifierKeys.replace(KeySet.of(TestKeys.fresh(SignatureAlgorithm.HS256).withKid("key-1")));

        assertThat(verifier.verify(token).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .satisfies(e -> assertThat(GatewayException.from(e).code()).isEqualTo(CommonError.INVALID_TOKEN));
    }

    /** As the README has it: publish, sign, wait, retire. */
    private void rotate(TokenKey old, TokenKey next) {
        verifierKeys.replace(KeySet.of(old, next));
        issuerKeys.replace(KeySet.of(old, next));
        letItRun();
        issuerKeys.replace(KeySet.of(next, old));
        letItRun();
        verifierKeys.replace(KeySet.of(next, old));
        letItRun();
        jumps.writeLock().lock();
        try {
            // Whatever was issued before this line has expired after it; but by now all is signed with the next key.
            time.advance(TTL.plusSeconds(30));
        } finally {
            jumps.writeLock().unlock();
        }
        verifierKeys.replace(KeySet.of(next));
        issuerKeys.replace(KeySet.of(next));
        letItRun();
    }

    private void letItRun() {
        long before = verified.get();
        Awaitility.await().until(() -> verified.get() > before + 20 || !running.get());
    }

    private void issueAndVerify() {
        Deque<Issued> recent = new ArrayDeque<>();
        try {
            while (running.get()) {
                jumps.readLock().lock();
                try {
                    recent.addLast(new Issued(issue(), time.now().plus(TTL)));
                    recent.removeIf(one -> !time.now().isBefore(one.expiresAt()));
                    for (Issued one : recent) {
                        verifier.verify(one.token()).toCompletableFuture().join();
                        verified.incrementAndGet();
                    }
                    if (recent.size() > 5) {
                        recent.removeFirst();
                    }
                } finally {
                    jumps.readLock().unlock();
                }
            }
        } catch (CompletionException e) {
            running.set(false);
            throw new AssertionError("a valid token was refused", e);
        }
    }

    private String issue() {
        return issuer.issue(Principal.of("u")).toCompletableFuture().join().accessToken();
    }

    private record Issued(String token, Instant expiresAt) {}
}
