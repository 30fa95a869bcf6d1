package io.tollgate.auth.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.TimeSource;
import io.tollgate.api.token.AccessToken;
import io.tollgate.auth.CapturedLog;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.auth.testkit.TestToken;
import io.tollgate.testkit.VirtualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ResourceLock(value = "log of RemoteKeys", mode = ResourceAccessMode.READ)
class RemoteKeysTest {
    private static final long EXP = 4_000_000_000L;

    private final TokenKey first = TestKeys.fresh(SignatureAlgorithm.ES256).withKid("first");
    private final TokenKey second = TestKeys.fresh(SignatureAlgorithm.EdDSA).withKid("second");
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final AtomicInteger fetches = new AtomicInteger();
    private final VirtualTime time = new VirtualTime(Instant.EPOCH);
    private HttpServer server;
    private volatile Answer answer = answer(200, jwks(first));

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            fetches.incrementAndGet();
            try (exchange) {
                answer.to(exchange);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    @AfterEach
    void stopServer() {
        stalled.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void verifiesATokenOfAPublishedKey() {
        try (RemoteKeys keys = keys().build()) {
            assertThat(user(verifier(keys), tokenOf(first))).isEqualTo("u");
        }
    }

    @Test
    void looksForAKeyThatItDoesNotHaveAndFindsIt() {
        try (RemoteKeys keys = keys().retryInterval(Duration.ofMillis(100)).build()) {
            JwtVerifier verifier = verifier(keys);
            user(verifier, tokenOf(first));
            answer = answer(200, jwks(first, second));
            pass(Duration.ofSeconds(1));

            assertThat(user(verifier, tokenOf(second))).isEqualTo("u");
        }
    }

    @Test
    void asksOnceForAnyNumberOfKeysThatDoNotExist() {
        try (RemoteKeys keys = keys().build()) {
            JwtVerifier verifier = verifier(keys);
            user(verifier, tokenOf(first));
            pass(Duration.ofSeconds(11));

            for (int i = 0; i < 100; i++) {
                assertThat(refusal(verifier, tokenOf(second.withKid("made-up-" + i))))
                        .isEqualTo(CommonError.INVALID_TOKEN);
            }

            assertThat(fetches).hasValue(2);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HS256", "ES256"})
    void looksForANewKeyBesideALocalOneWithoutAName(SignatureAlgorithm local) {
        TokenKey next = TestKeys.fresh(SignatureAlgorithm.ES256).withKid("next");
        try (RemoteKeys keys = keys().build()) {
            JwtVerifier verifier = verifier(KeySource.all(KeySource.fixed(TestKeys.of(local)), keys));
            user(verifier, tokenOf(first));
            answer = answer(200, jwks(first, next));
            pass(Duration.ofSeconds(11));

            assertThat(user(verifier, tokenOf(next))).isEqualTo("u");
            assertThat(fetches).hasValue(2);
        }
    }

    @Test
    void looksForANewKeyBesideAPublishedOneWithoutAName() {
        TokenKey unnamed = TestKeys.fresh(SignatureAlgorithm.ES256);
        TokenKey next = TestKeys.fresh(SignatureAlgorithm.ES256);
        answer = answer(200, jwks(unnamed));
        try (RemoteKeys keys = keys().build()) {
            JwtVerifier verifier = verifier(keys);
            assertThat(user(verifier, nameless(unnamed))).isEqualTo("u");
            answer = answer(200, jwks(next));
            pass(Duration.ofSeconds(11));

            assertThat(user(verifier, nameless(next))).isEqualTo("u");
            assertThat(fetches).hasValue(2);
        }
    }

    @Test
    void looksForNoSecretAndForNoKeyWhoseNameItHas() {
        try (RemoteKeys keys = keys().build()) {
            JwtVerifier verifier = verifier(keys);
            user(verifier, tokenOf(first));
            pass(Duration.ofSeconds(11));

            TokenKey forger = TestKeys.fresh(SignatureAlgorithm.ES256).withKid("first");
            assertThat(refusal(verifier, tokenOf(forger))).isEqualTo(CommonError.INVALID_TOKEN);
            TokenKey secret = TestKeys.fresh(SignatureAlgorithm.HS256).withKid("secret");
            assertThat(refusal(verifier, tokenOf(secret))).isEqualTo(CommonError.INVALID_TOKEN);

            assertThat(fetches).hasValue(1);
        }
    }

    @Test
    void hasNoSecretAtOnceWhileTheSourceHangs() {
        answer = exchange -> stalled.await();
        TokenKey secret = TestKeys.fresh(SignatureAlgorithm.HS256).withKid("secret");
        try (RemoteKeys keys = keys().build()) {
            JwtVerifier verifier = verifier(KeySource.all(KeySource.fixed(secret), keys));

            assertThat(verifier.verify(tokenOf(secret)).toCompletableFuture()).isDone();
            assertThat(verifier.verify(tokenOf(secret.withKid("other"))).toCompletableFuture())
                    .isCompletedExceptionally();
            assertThat(verifier.isCostly(tokenOf(secret.withKid("other")))).isFalse();
            assertThat(keys.waiting()).isZero();
        }
    }

    @Test
    void letsABoundedNumberOfCallersWaitForASourceThatHangs() {
        answer = exchange -> stalled.await();
        try (RemoteKeys keys = keys().maxWaiting(2).build()) {
            JwtVerifier verifier = verifier(keys);
            List<CompletableFuture<AccessToken>> waiting = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                waiting.add(verifier.verify(tokenOf(first)).toCompletableFuture());
            }
            assertThat(keys.waiting()).isEqualTo(2);

            assertThat(refusal(verifier, tokenOf(first))).isEqualTo(CommonError.SERVICE_UNAVAILABLE);

            assertThat(waiting).noneMatch(CompletableFuture::isDone);
            assertThat(keys.waiting()).isEqualTo(2);
            assertThat(keys.turnedAway()).isEqualTo(1);
            stalled.countDown();
            waiting.forEach(one -> assertThat(one).failsWithin(Duration.ofSeconds(30)));
            assertThat(keys.waiting()).isZero();
        }
    }

    @Test
    void boundsTheWaitForAKeyThatItDoesNotHave() {
        try (RemoteKeys keys = keys().maxWaiting(1).build()) {
            JwtVerifier verifier = verifier(keys);
            user(verifier, tokenOf(first));
            answer = exchange -> stalled.await();
            pass(Duration.ofSeconds(11));
            CompletableFuture<AccessToken> waiting =
                    verifier.verify(tokenOf(second)).toCompletableFuture();

            assertThat(refusal(verifier, tokenOf(second.withKid("made-up"))))
                    .isEqualTo(CommonError.SERVICE_UNAVAILABLE);
            assertThat(user(verifier, tokenOf(first))).as("a key that is there").isEqualTo("u");

            assertThat(waiting).isNotDone();
            assertThat(keys.turnedAway()).isEqualTo(1);
        }
    }

    @Test
    void fetchesAgainAfterAnErrorWithANewClient() {
        AtomicInteger clients = new AtomicInteger();
        Supplier<HttpClient> failing = () -> {
            if (clients.incrementAndGet() <= 2) {
                throw new StackOverflowError();
            }
            return HttpClient.newHttpClient();
        };
        try (CapturedLog log = new CapturedLog(RemoteKeys.class);
                RemoteKeys keys = keys().clients(failing)
                        .time(TimeSource.system())
                        .retryInterval(Duration.ofMillis(100))
                        .build()) {
            assertThat(refusal(verifier(keys), tokenOf(first))).isEqualTo(CommonError.SERVICE_UNAVAILABLE);

            await().ignoreExceptions()
                    .untilAsserted(() ->
                            assertThat(user(verifier(keys), tokenOf(first))).isEqualTo("u"));
            assertThat(clients).hasValue(3);
            assertThat(log.lines()).anyMatch(line -> line.contains("StackOverflowError"));
        }
    }

    @Test
    void fetchesTheSetAgainAndForgetsAKeyThatIsGone() {
        try (RemoteKeys keys = keys().refreshInterval(Duration.ofSeconds(1)).build()) {
            JwtVerifier verifier = verifier(keys);
            user(verifier, tokenOf(first));
            user(verifier, tokenOf(first));

            answer = answer(200, jwks(second));

            await().untilAsserted(
                            () -> assertThat(refusal(verifier, tokenOf(first))).isEqualTo(CommonError.INVALID_TOKEN));
            assertThat(user(verifier, tokenOf(second))).isEqualTo("u");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"500", "302", "404", "no JSON", "[]", "{}", "{\"keys\":7}", "large", "deep", "many"})
    void keepsTheLastGoodSetWhileTheSourceAnswersNonsense(String what) {
        try (CapturedLog log = new CapturedLog(RemoteKeys.class);
                RemoteKeys keys = keys().retryInterval(Duration.ofMillis(100)).build()) {
            JwtVerifier verifier = verifier(keys);
            user(verifier, tokenOf(first));
            answer = switch (what) {
                case "500", "404" -> answer(Integer.parseInt(what), jwks(second));
                case "302" -> redirect();
                case "deep" -> answer(200, "{\"keys\":" + "[".repeat(100_000));
                case "many" -> answer(200, "{\"keys\":[" + "{},".repeat(10_000) + "{}]}");
                case "large" -> answer(200, jwks(second) + " ".repeat(LimitedBody.MAX_BYTES));
                default -> answer(200, what);
            };
            pass(Duration.ofSeconds(1));

            assertThat(refusal(verifier, tokenOf(second))).isEqualTo(CommonError.INVALID_TOKEN);

            assertThat(log.lines()).anyMatch(line -> line.contains(uri().toString()));
            assertThat(user(verifier, tokenOf(first))).isEqualTo("u");
        }
    }

    @Test
    void keepsTheLastGoodSetForADayWhileTheSourceIsDown() {
        try (RemoteKeys keys = keys().build()) {
            JwtVerifier verifier = verifier(keys);
            user(verifier, tokenOf(first));
            server.stop(0);

            pass(Duration.ofHours(24));
            assertThat(keys.age()).contains(Duration.ofHours(24));
            assertThat(user(verifier, tokenOf(first))).isEqualTo("u");
            pass(Duration.ofSeconds(1));
            assertThat(refusal(verifier, tokenOf(first))).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        }
    }

    @Test
    void recoversWhenASourceThatWasDownAtTheStartComesUp() {
        answer = answer(503, "");
        try (RemoteKeys keys = keys().retryInterval(Duration.ofMillis(100)).build()) {
            JwtVerifier verifier = verifier(keys);
            assertThat(refusal(verifier, tokenOf(first))).isEqualTo(CommonError.SERVICE_UNAVAILABLE);

            answer = answer(200, jwks(first));

            await().ignoreExceptions()
                    .untilAsserted(
                            () -> assertThat(user(verifier, tokenOf(first))).isEqualTo("u"));
        }
    }

    @Test
    void believesAnEmptySet() {
        answer = answer(200, "{\"keys\":[]}");
        try (RemoteKeys keys = keys().build()) {
            assertThat(refusal(verifier(keys), tokenOf(first))).isEqualTo(CommonError.INVALID_TOKEN);
        }
    }

    @Test
    void takesNoSecretFromAUrl() {
        byte[] secret = TestKeys.randomBytes(32);
        String k = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        answer = answer(200, "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"s\",\"alg\":\"HS256\",\"k\":\"" + k + "\"}]}");
        try (RemoteKeys keys = keys().build()) {
            String token =
                    tokenOf(TokenKey.secret(SignatureAlgorithm.HS256, secret).withKid("s"));

            assertThat(refusal(verifier(keys), token)).isEqualTo(CommonError.INVALID_TOKEN);
        }
    }

    @Test
    void doesNotBlockTheCallerAndGivesUpOnASourceThatStalls() {
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            stalled.await();
        };
        try (CapturedLog log = new CapturedLog(RemoteKeys.class);
                RemoteKeys keys = keys().timeout(Duration.ofMillis(300)).build()) {
            CompletableFuture<AccessToken> verification =
                    verifier(keys).verify(tokenOf(first)).toCompletableFuture();

            assertThat(verification)
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .withMessageContaining("Tokens cannot be processed at the moment");
            assertThat(stalled.getCount()).as("the source still stalls").isOne();
            assertThat(log.lines())
                    .anyMatch(line ->
                            line.contains(uri().toString()) && line.contains("no complete response within PT0.3S"));
        }
    }

    @Test
    void stopsFetchingWhenClosed() {
        RemoteKeys keys = keys().build();
        JwtVerifier verifier = verifier(keys);
        user(verifier, tokenOf(first));

        keys.close();
        keys.close();
        pass(Duration.ofHours(1));

        assertThat(refusal(verifier, tokenOf(second))).isEqualTo(CommonError.INVALID_TOKEN);
        assertThat(user(verifier, tokenOf(first))).isEqualTo("u");
        assertThat(fetches).hasValue(1);
    }

    @Test
    void leavesNobodyWaitingWhenClosed() {
        answer = exchange -> stalled.await();
        RemoteKeys keys = keys().build();
        CompletableFuture<AccessToken> verification =
                verifier(keys).verify(tokenOf(first)).toCompletableFuture();

        keys.close();

        assertThat(verification).failsWithin(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://issuer.example/jwks",
                "http://127.0.0.1.evil.example/",
                "http://0x7f000001/",
                "ftp://localhost/",
                "file:///etc/passwd",
                "https:///x",
                "https://user:pw@issuer.example/",
                "http://localhost.evil.example/"
            })
    void refusesAnythingButHttpsAndLoopback(String uri) {
        assertThatThrownBy(() -> RemoteKeys.builder().uri(URI.create(uri)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: https, or http on loopback; no user)")
                .hasMessageNotContaining("pw");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://issuer.example/jwks",
                "http://localhost:80/",
                "http://127.0.0.1/",
                "http://127.255.0.1/",
                "http://[::1]:8080/"
            })
    void acceptsHttpsAndLoopback(String uri) {
        assertThat(RemoteKeys.builder().uri(URI.create(uri))).isNotNull();
    }

    @Test
    void needsAnAddress() {
        assertThatThrownBy(() -> RemoteKeys.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("uri: unset (expected: uri(...) before build())");
    }

    private RemoteKeys.Builder keys() {
        return RemoteKeys.builder().uri(uri()).time(time);
    }

    private URI uri() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/jwks.json");
    }

    /** For what is measured, not for the timer. */
    private void pass(Duration by) {
        time.advance(by);
    }

    private static JwtVerifier verifier(KeySource keys) {
        return JwtVerifier.builder().keys(keys).build();
    }

    private static String tokenOf(TokenKey key) {
        return TestToken.sign(
                key,
                "{\"alg\":\"" + key.algorithm() + "\",\"kid\":\"" + key.kid().orElseThrow() + "\"}",
                "{\"sub\":\"u\",\"exp\":" + EXP + "}");
    }

    private static String nameless(TokenKey key) {
        return TestToken.sign(key, "{\"alg\":\"" + key.algorithm() + "\"}", "{\"sub\":\"u\",\"exp\":" + EXP + "}");
    }

    private static String user(JwtVerifier verifier, String token) {
        try {
            return verifier.verify(token)
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS)
                    .principal()
                    .userId();
        } catch (Exception e) {
            throw GatewayException.from(e);
        }
    }

    private static ErrorCode refusal(JwtVerifier verifier, String token) {
        Throwable failure = catchThrowable(() -> user(verifier, token));
        assertThat(failure).as("the refusal").isNotNull();
        return GatewayException.from(failure).code();
    }

    private static String jwks(TokenKey... keys) {
        return KeySet.of(keys).toPublicJwks();
    }

    private static Answer answer(int status, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    /** To where the second key is published. */
    private Answer redirect() {
        Answer target = answer(200, jwks(second));
        return exchange -> {
            if (exchange.getRequestURI().getPath().equals("/elsewhere")) {
                target.to(exchange);
            } else {
                exchange.getResponseHeaders().add("Location", "/elsewhere");
                exchange.sendResponseHeaders(302, -1);
            }
        };
    }

    private interface Answer {
        void to(com.sun.net.httpserver.HttpExchange exchange) throws IOException, InterruptedException;
    }
}
