package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static io.tollgate.grpc.Outcomes.resultOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.stub.StreamObserver;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.grpc.library.Book;
import io.tollgate.grpc.library.GetBookRequest;
import io.tollgate.grpc.library.LibraryServiceGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** An upstream with several backends, some of which fail. */
class BackendsTest {
    /** It judges after each 100 ms, and what is ejected stays so for the rest of a test. */
    private static final OutlierDetection QUICK =
            new OutlierDetection(50, 5, Duration.ofMillis(100), Duration.ofHours(1), 50);

    @AutoClose
    private final Branch one = new Branch();

    @AutoClose
    private final Branch two = new Branch();

    @AutoClose
    private final Branch three = new Branch();

    private static CompletionStage<Book> call(Upstream upstream) {
        return upstream.call(
                LibraryServiceGrpc.getGetBookMethod(), GetBookRequest.getDefaultInstance(), CallContext.create());
    }

    private static void callTimes(int times, Upstream upstream) throws Exception {
        for (int i = 0; i < times; i++) {
            assertThat(resultOf(call(upstream))).isEqualTo(Library.book);
        }
    }

    private static void awaitReady(Upstream upstream, Branch... branches) {
        upstream.connect();
        await().until(() -> {
            for (Branch branch : branches) {
                if (branch.in(upstream).connectivity() != Connectivity.READY) {
                    return false;
                }
            }
            return true;
        });
    }

    private static void awaitCall(Upstream upstream, Branch branch) {
        int before = branch.calls();
        await().ignoreExceptions().until(() -> {
            resultOf(call(upstream));
            return branch.calls() > before;
        });
    }

    @Test
    void givesEachACallInTurn() throws Exception {
        try (Upstream upstream = Branch.upstream(one, two, three).build()) {
            awaitReady(upstream, one, two, three);
            callTimes(30, upstream);

            assertThat(List.of(one.calls(), two.calls(), three.calls())).containsExactly(10, 10, 10);
            assertThat(upstream.backends())
                    .hasSize(3)
                    .isSortedAccordingTo((a, b) -> a.address().compareTo(b.address()));
        }
    }

    @Test
    void picksTheFirstAndFallsBackToTheNext() throws Exception {
        try (Upstream upstream = Branch.upstream(one, two)
                .loadBalancing(LoadBalancing.PICK_FIRST)
                .build()) {
            callTimes(10, upstream);
            assertThat(one.calls()).isEqualTo(10);
            assertThat(two.network().accepted()).isZero();

            one.network().refuse();
            awaitCall(upstream, two);
        }
    }

    @Test
    void listsBackendsBeforeItKnowsTheirAddresses() {
        try (Upstream upstream =
                Upstream.builder("s", "a.example", 1).backend("::1", 2).build()) {
            assertThat(upstream.backends())
                    .containsExactly(
                            new Backend("a.example:1", Connectivity.IDLE, Optional.empty()),
                            new Backend("[::1]:2", Connectivity.IDLE, Optional.empty()));
            assertThat(upstream).hasToString("Upstream[s, a.example:1 [::1]:2, IDLE, breaker CLOSED]");
        }
    }

    @Test
    void goesOnWithTheOthersWhileOneIsUnreachableAndUsesItAgain() throws Exception {
        try (Upstream upstream = Branch.upstream(one, two)
                .reconnectInterval(Duration.ofMillis(50))
                .build()) {
            awaitReady(upstream, one, two);
            two.network().refuse();
            await().until(() -> two.in(upstream).connectivity() == Connectivity.TRANSIENT_FAILURE);

            assertThat(two.in(upstream).problem().orElseThrow())
                    .startsWith("cannot be reached: ")
                    .contains("Connection refused");
            callTimes(20, upstream);
            assertThat(upstream.connectivity()).isEqualTo(Connectivity.READY);

            two.network().accept();
            awaitReady(upstream, two);
            assertThat(two.in(upstream).problem()).isEmpty();
            awaitCall(upstream, two);
        }
    }

    @Test
    void givesNoCallsToABackendThatReportsThatItDoesNotServe() throws Exception {
        try (Upstream upstream = Branch.upstream(one, two).healthCheck().build()) {
            awaitReady(upstream, one, two);
            two.serving(ServingStatus.NOT_SERVING);
            await().until(() -> two.in(upstream).connectivity() != Connectivity.READY);

            int before = two.calls();
            callTimes(20, upstream);
            assertThat(two.calls()).isEqualTo(before);
            assertThat(two.in(upstream).problem()).contains("reports NOT_SERVING");

            two.serving(ServingStatus.SERVING);
            awaitCall(upstream, two);
            assertThat(two.in(upstream).problem()).isEmpty();
        }
    }

    @Test
    void isUnavailableWhileNoBackendServes() throws Exception {
        one.serving(ServingStatus.NOT_SERVING);
        try (Upstream upstream = Branch.upstream(one).healthCheck().build()) {
            assertThat(errorOf(call(upstream)).code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
            assertThat(one.calls()).isZero();

            one.serving(ServingStatus.SERVING);
            awaitCall(upstream, one);
        }
    }

    @Test
    void asksForTheHealthOfTheServiceThatIsNamed() throws Exception {
        try (Upstream upstream = Branch.upstream(one).healthCheck("unknown").build()) {
            assertThat(errorOf(call(upstream)).code()).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
            assertThat(one.in(upstream).problem()).contains("does not know the health of \"unknown\"");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Branch.upstream(one).healthCheck("x".repeat(101)))
                .withMessage("service: 101 characters (expected: at most 100)");
    }

    @Test
    void usesABackendThatDoesNotTellItsHealth() throws Exception {
        try (TestServer server = TestServer.of(new Library());
                Upstream upstream = server.upstream().healthCheck().build()) {
            callTimes(3, upstream);
            assertThat(upstream.connectivity()).isEqualTo(Connectivity.READY);
        }
    }

    /** As proxies do which route by path: in plain HTTP, or by a reset, either of them without a head that gRPC shows. */
    @Test
    void usesBackendsBehindAProxyThatRejectsTheQuestionForTheirHealth() throws Exception {
        Map<String, String> notFound = Map.of(":status", "404", "content-type", "text/plain");
        try (Http2Server first = Http2Server.answering(notFound, "no such page");
                Http2Server second = Http2Server.answering(notFound, "no such page")) {
            assertBothAreReadyOnOneConnectionEach(first, second);
        }
        try (Http2Server first = Http2Server.resetting(Http2Error.INTERNAL_ERROR);
                Http2Server second = Http2Server.resetting(Http2Error.INTERNAL_ERROR)) {
            assertBothAreReadyOnOneConnectionEach(first, second);
        }
    }

    private static void assertBothAreReadyOnOneConnectionEach(Http2Server first, Http2Server second) {
        try (FaultyProxy one = new FaultyProxy(first.port());
                FaultyProxy two = new FaultyProxy(second.port());
                Upstream upstream = Upstream.builder("library", "127.0.0.1", one.port())
                        .backend("127.0.0.1", two.port())
                        .healthCheck()
                        .build()) {
            upstream.connect();
            await().until(() ->
                    upstream.backends().stream().allMatch(backend -> backend.connectivity() == Connectivity.READY));
            assertThat(List.of(one.accepted(), two.accepted())).containsExactly(1, 1);
        }
    }

    /** Such as after a deployment of an older version behind the same address. */
    @Test
    void usesABackendThatReportedAndDoesNotKnowTheQuestionAnyMore() throws Exception {
        AtomicInteger questions = new AtomicInteger();
        HealthGrpc.HealthImplBase forgetful = new HealthGrpc.HealthImplBase() {
            @Override
            public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
                if (questions.incrementAndGet() == 1) {
                    observer.onNext(HealthCheckResponse.newBuilder()
                            .setStatus(ServingStatus.NOT_SERVING)
                            .build());
                    observer.onError(Status.UNAVAILABLE.asRuntimeException());
                } else {
                    observer.onError(Status.UNIMPLEMENTED.asRuntimeException());
                }
            }
        };
        try (TestServer server = TestServer.of(new Library(), forgetful);
                Upstream upstream = server.upstream().healthCheck().build()) {
            upstream.connect();
            await().until(() -> upstream.connectivity() == Connectivity.READY);
            assertThat(questions).hasValue(2);
            callTimes(1, upstream);
        }
    }

    /** All threads of all backends wait, for a slow database for example, so that probes wait too. */
    @Test
    void noCallFailsSinceAllBackendsAreSlowAtATime() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Library library = new Library();
        library.getBook = (request, observer) -> {
            try {
                never.await(2_500, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            TestServer.answer(observer, Library.book);
        };
        try (TestServer first = TestServer.withThreads(15, library);
                TestServer second = TestServer.withThreads(15, library);
                TestServer third = TestServer.withThreads(15, library);
                Upstream upstream = Upstream.builder("library", "127.0.0.1", first.port())
                        .backend("127.0.0.1", second.port())
                        .backend("127.0.0.1", third.port())
                        .deadline(Duration.ofSeconds(30))
                        .retry(LibraryServiceGrpc.getGetBookMethod())
                        .build()) {
            upstream.connect();
            await().until(() ->
                    upstream.backends().stream().allMatch(backend -> backend.connectivity() == Connectivity.READY));
            List<CompletionStage<Book>> calls = new ArrayList<>();
            for (int i = 0; i < 90; i++) {
                calls.add(call(upstream));
            }

            for (CompletionStage<Book> slow : calls) {
                assertThat(resultOf(slow)).isEqualTo(Library.book);
            }
        }
    }

    @Test
    void callsForWhoseRetryNoBudgetIsLeftWaitForTheirBackend() throws Exception {
        try (Upstream upstream = Branch.upstream(one, two, three)
                .deadline(Duration.ofSeconds(4))
                .retry(LibraryServiceGrpc.getGetBookMethod())
                .build()) {
            awaitReady(upstream, one, two, three);
            two.network().stall();
            three.network().stall();
            List<CompletionStage<Book>> calls = new ArrayList<>();
            for (int i = 0; i < 90; i++) {
                calls.add(call(upstream));
            }

            int succeeded = 0;
            for (CompletionStage<Book> call : calls) {
                if (call.handle((book, failure) -> failure == null)
                        .toCompletableFuture()
                        .join()) {
                    succeeded++;
                } else {
                    assertThat(errorOf(call).code()).isEqualTo(CommonError.REQUEST_TIMEOUT);
                }
            }
            assertThat(upstream.retries()).isBetween(1L, 19L);
            assertThat(succeeded)
                    .as("30 of the one that serves, and retries that got it")
                    .isBetween(31, 49);
        }
    }

    /** Its kernel accepts connections and takes what is sent, as that of a process does which got SIGSTOP. */
    @Test
    void givesNoCallsToABackendThatDoesNotRespondUntilItDoes() throws Exception {
        try (Upstream upstream = Branch.upstream(one, two).build()) {
            awaitReady(upstream, one, two);
            two.network().stall();
            List<CompletionStage<Book>> unlucky = new ArrayList<>();
            await().until(() -> {
                unlucky.add(call(upstream));
                return two.in(upstream).connectivity() != Connectivity.READY;
            });

            assertThat(two.in(upstream).problem().orElseThrow()).startsWith("does not respond");
            callTimes(20, upstream);

            two.network().resume();
            awaitCall(upstream, two);
            assertThat(two.in(upstream).problem()).isEmpty();
            for (CompletionStage<Book> late : unlucky) {
                resultOf(late); // calls that may not be made twice stay where they are
            }
        }
    }

    @Test
    void makesCallsElsewhereThatMayBeMadeTwiceWhenTheirBackendDoesNotRespond() throws Exception {
        try (Upstream upstream = Branch.upstream(one, two)
                .deadline(Duration.ofMinutes(5))
                .retry(LibraryServiceGrpc.getGetBookMethod())
                .retryBudget(100)
                .build()) {
            awaitReady(upstream, one, two);
            two.network().stall();
            List<CompletionStage<Book>> calls = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                calls.add(call(upstream));
            }

            for (CompletionStage<Book> one : calls) {
                assertThat(resultOf(one)).isEqualTo(Library.book);
            }
            assertThat(upstream.retries()).isEqualTo(5);
        }
    }

    @Test
    void aBackendThatIsSlowAndRespondsIsNotTakenForDead() throws Exception {
        try (TestServer server = TestServer.of(new Library());
                FaultyProxy slow = new FaultyProxy(server.port());
                Upstream upstream = Upstream.builder("library", "127.0.0.1", slow.port())
                        .backend("127.0.0.1", one.port())
                        .deadline(Duration.ofSeconds(30))
                        .build()) {
            awaitReady(upstream, one);
            await().until(() -> upstream.backends().stream().allMatch(b -> b.connectivity() == Connectivity.READY));
            slow.delay(Duration.ofMillis(300));
            int connections = slow.accepted();
            callTimes(6, upstream);

            assertThat(slow.accepted()).isEqualTo(connections);
        }
    }

    @Test
    void theBreakerOfTheServiceStaysClosedWhileABackendServes() throws Exception {
        BreakerSettings settings = new BreakerSettings(Duration.ofMinutes(1), 4, 30, Duration.ofMinutes(10), 1);
        try (Upstream upstream = Branch.upstream(one, two).breaker(settings).build()) {
            awaitReady(upstream, one, two);
            two.respond(Status.UNAVAILABLE);
            for (int i = 0; i < 40; i++) {
                call(upstream).toCompletableFuture().handle((book, error) -> 0).join();
            }
            assertThat(two.calls()).isEqualTo(20);
            assertThat(upstream.breakerState()).isEqualTo(BreakerState.CLOSED);

            one.respond(Status.UNAVAILABLE);
            await().until(() -> {
                errorOf(call(upstream));
                return upstream.breakerState() == BreakerState.OPEN;
            });
        }
    }

    @Test
    void ejectsABackendThatFails() throws Exception {
        try (Upstream upstream =
                Branch.upstream(one, two, three).outlierDetection(QUICK).build()) {
            awaitReady(upstream, one, two, three);
            two.respond(Status.UNAVAILABLE);
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                int failed = 0;
                for (int i = 0; i < 60; i++) {
                    failed += call(upstream)
                            .toCompletableFuture()
                            .handle((book, error) -> error == null ? 0 : 1)
                            .join();
                }
                return failed == 0;
            });

            int before = two.calls();
            callTimes(30, upstream);
            assertThat(two.calls()).isEqualTo(before);
        }
    }

    /** Clients choose what they ask for; they must not be able to eject a backend with it. */
    @Test
    void doesNotEjectABackendForWhatItSaysAboutRequests() throws Exception {
        try (Upstream upstream =
                Branch.upstream(one, two).outlierDetection(QUICK).build()) {
            awaitReady(upstream, one, two);
            for (Branch branch : List.of(one, two)) {
                branch.respond(Status.UNAUTHENTICATED);
            }
            long until = System.nanoTime() + QUICK.interval().multipliedBy(5).toNanos();
            int calls = 0;
            for (; System.nanoTime() < until; calls++) {
                errorOf(call(upstream));
            }
            assertThat(one.calls()).isCloseTo(calls / 2, within(1));
            assertThat(two.calls()).isCloseTo(calls / 2, within(1));
        }
    }

    @Test
    void ejectsWithANameOfTwoAddressesToo() throws Exception {
        try (Upstream upstream = Upstream.builder("library", "localhost", one.port())
                .backend("127.0.0.1", two.port())
                .outlierDetection(QUICK)
                .build()) {
            callTimes(20, upstream);
        }
    }

    @Test
    void rejectsSettingsThatCannotBeRight() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OutlierDetection(0, 1, Duration.ofSeconds(1), Duration.ofSeconds(1), 1))
                .withMessage("failurePercent: 0 (expected: 1 to 100)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Branch.upstream(one).resolveInterval(Duration.ofMillis(999)))
                .withMessage("resolveInterval: PT0.999S (expected: PT1S to PT24H)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Branch.upstream(one).serverName("https://a"))
                .withMessageStartingWith("host: \"https://a\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Branch.upstream(one).backend("a,b", 1))
                .withMessageStartingWith("host: \"a,b\"");
    }
}
