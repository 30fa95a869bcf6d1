package io.tollgate.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tollgate.api.CommonError;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.servlet.Raw.Response;
import io.tollgate.servlet.Servlets.Handler;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request is settled once, by the status of its response. Reservations are kept for status 401. */
abstract class EndPromises extends PathPromises {
    /** Long enough: Jetty loses a timeout that expires while it is being scheduled. */
    private static final long TIMEOUT_MILLIS = 300;

    private final Recorder recorder = new Recorder();

    private Container start(boolean later, Handler handler) throws Exception {
        RequestGuard guard = Guards.reserving(TestLimiter.of(later), recorder);
        GuardFilter filter = GuardFilter.builder(guard).listener(recorder).build();
        return start("", context -> {
            filter.register(context, "/*");
            Servlets.add(context, "/end", handler);
        });
    }

    /** Sends a request to a handler, and returns the response. */
    private Response handledBy(boolean later, Handler handler) throws Exception {
        try (Container server = start(later, handler)) {
            Response response = Raw.get(server, "/end");
            recorder.settlements(1);
            return response;
        }
    }

    private void assertEnd(String settlement, String finished) {
        assertThat(recorder.settlements(1)).containsExactly(settlement);
        assertThat(recorder.requests(2)).containsExactly("started /end", "finished /end " + finished + " false");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void refundsAfterSuccess(boolean later) throws Exception {
        Response response = handledBy(later, (request, done) -> Servlets.text(done, "done"));

        assertThat(response.status()).isEqualTo(200);
        assertEnd("refunded", "200 null");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void chargesForAStatus(boolean later) throws Exception {
        assertThat(handledBy(later, (request, response) -> response.setStatus(401))
                        .status())
                .isEqualTo(401);
        assertEnd("charged", "401 null");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void chargesForAnErrorPage(boolean later) throws Exception {
        Response response = handledBy(later, (request, sent) -> sent.sendError(401));

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.header("X-RateLimit-Remaining")).contains("99");
        assertEnd("charged", "401 null");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void settlesAnExceptionAsStatus500(boolean later) throws Exception {
        Response response = handledBy(later, (request, none) -> {
            throw new ServletException("on purpose");
        });

        assertThat(response.status()).isEqualTo(500);
        assertThat(response.header("X-Request-ID")).isPresent();
        assertThat(response.header("X-RateLimit-Remaining")).contains("99");
        assertEnd("refunded", "500 INTERNAL_SERVER_ERROR");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void settlesAsynchronousHandlersWhenTheyComplete(boolean later) throws Exception {
        CountDownLatch returned = new CountDownLatch(1);
        Response response = handledBy(later, (request, ignored) -> {
            AsyncContext context = request.startAsync();
            inAnotherThread(() -> {
                returned.await();
                ((HttpServletResponse) context.getResponse()).setStatus(401);
                context.complete();
            });
            returned.countDown();
        });

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.header("X-RateLimit-Remaining")).contains("99");
        assertEnd("charged", "401 null");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void settlesAHandlerThatCompletesAtOnce(boolean later) throws Exception {
        Response response = handledBy(later, (request, result) -> {
            AsyncContext context = request.startAsync(request, result);
            result.setStatus(401);
            context.complete();
        });

        assertThat(response.status()).isEqualTo(401);
        assertEnd("charged", "401 null");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void settlesAfterTheLastDispatchOfAHandler(boolean later) throws Exception {
        for (boolean wrapped : new boolean[] {false, true}) {
            Recorder own = new Recorder();
            RequestGuard guard = Guards.reserving(TestLimiter.of(later), own);
            try (Container server = start("", context -> {
                GuardFilter.of(guard).register(context, "/*");
                Servlets.add(context, "/end", (request, response) -> {
                    int pass = request.getAttribute("pass") instanceof Integer before ? before + 1 : 1;
                    request.setAttribute("pass", pass);
                    if (pass == 3) {
                        response.sendError(401);
                    } else {
                        AsyncContext async = wrapped ? request.startAsync(request, response) : request.startAsync();
                        inAnotherThread(async::dispatch);
                    }
                });
            })) {
                assertThat(Raw.get(server, "/end").status()).isEqualTo(401);
                assertThat(own.settlements(1)).containsExactly("charged");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void settlesAnExceptionOfALaterDispatch(boolean later) throws Exception {
        Response response = handledBy(later, (request, none) -> {
            if (request.getAttribute("again") != null) {
                throw new IllegalStateException("on purpose");
            }
            request.setAttribute("again", true);
            request.startAsync().dispatch();
        });

        assertThat(response.status()).isEqualTo(500);
        assertEnd("refunded", "500 INTERNAL_SERVER_ERROR");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void chargesAnAsynchronousHandlerThatTimesOut(boolean later) throws Exception {
        Response response =
                handledBy(later, (request, none) -> request.startAsync().setTimeout(TIMEOUT_MILLIS));

        assertThat(response.status()).isEqualTo(500);
        assertEnd("charged", "500 REQUEST_TIMEOUT");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void chargesARequestWhoseClientLeftInTheMiddleOfTheResponse(boolean later) throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        try (Container server = start(later, (request, response) -> {
            response.getOutputStream().write(new byte[100_000]);
            response.flushBuffer();
            awaitUninterrupted(left);
            while (true) {
                response.getOutputStream().write(new byte[100_000]);
            }
        })) {
            try (Socket socket = Raw.open(server, "GET", "/end", "")) {
                assertThat(socket.getInputStream().read()).isPositive();
                socket.setSoLinger(true, 0);
            }
            left.countDown();

            assertThat(recorder.settlements(1)).containsExactly("charged");
            assertThat(recorder.requests(2)).last().asString().contains(" INTERNAL_SERVER_ERROR ");
        }
    }

    @Test
    void chargesByTheOutcomeBeforeTheResponseIsSent() throws Exception {
        for (boolean later : new boolean[] {false, true}) {
            RateLimitPolicy failures = new RateLimitPolicy() {
                @Override
                public List<RateLimitCheck> checks(RateLimitContext context) {
                    return context.error().isEmpty()
                            ? List.of()
                            : List.of(RateLimitCheck.of("failures", "all", RateLimit.perHour(5)));
                }

                @Override
                public Set<Phase> phases() {
                    return Set.of(Phase.OUTCOME);
                }
            };
            RequestGuard guard = RequestGuard.builder()
                    .limiter(TestLimiter.of(later), List.of(Guards.perClient(100), failures))
                    .build();
            try (Container server = start("", context -> {
                GuardFilter.of(guard).register(context, "/*");
                Servlets.add(context, "/good", (request, response) -> response.setStatus(204));
                Servlets.add(context, "/bad", (request, response) -> response.setStatus(404));
            })) {
                assertThat(Raw.get(server, "/good").header("X-RateLimit-Remaining"))
                        .contains("99");
                assertThat(Raw.get(server, "/bad").header("X-RateLimit-Remaining"))
                        .as("of the failures, which have the smallest share left")
                        .contains("4");
            }
        }
    }

    @Test
    void keepsItsHeadersWhenAHandlerResetsTheResponse() throws Exception {
        Response response = handledBy(true, (request, reset) -> {
            reset.setHeader("X-Own", "1");
            reset.reset();
            reset.setStatus(409);
        });

        assertThat(response.status()).isEqualTo(409);
        assertThat(response.header("X-Own")).isEmpty();
        assertThat(response.header("X-RateLimit-Remaining")).contains("99");
        assertThat(response.header("X-Request-ID")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void reportsRejections(boolean later) throws Exception {
        GuardFilter filter = GuardFilter.builder(Guards.limiting(TestLimiter.of(later), 1))
                .listener(recorder)
                .build();
        try (Container server = start("", context -> {
            filter.register(context, "/*");
            Servlets.add(context, "/a/*", (request, response) -> response.setStatus(204));
        })) {
            assertThat(Raw.get(server, "/a/1").status()).isEqualTo(204);
            recorder.requests(2);
            assertThat(Raw.get(server, "/a/2").status()).isEqualTo(429);
            assertThat(recorder.requests(4))
                    .containsExactly(
                            "started /a/1",
                            "finished /a/* 204 null false",
                            "started /a/2",
                            "finished /a/* 429 RATE_LIMIT_EXCEEDED false");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void respondsWithAnErrorIfAPolicyThrows(boolean later) throws Exception {
        RequestGuard guard = RequestGuard.builder()
                .limiter(TestLimiter.of(later), List.of(Guards.perClient(10), context -> {
                    if (context.header("X-Bad").isPresent()) {
                        throw new IllegalArgumentException("on purpose");
                    }
                    return List.of();
                }))
                .listener(recorder)
                .build();
        GuardFilter filter = GuardFilter.builder(guard).listener(recorder).build();
        try (Container server = start("", context -> {
            filter.register(context, "/*");
            Servlets.add(context, "/end", (request, response) -> response.setStatus(204));
        })) {
            Response response = Raw.get(server, "/end", "X-Bad: 1");

            assertThat(response.status()).isEqualTo(500);
            assertThat(response.body()).contains(CommonError.INTERNAL_SERVER_ERROR.name());
            assertThat(response.header("X-Request-ID")).isPresent();
            assertThat(recorder.requests(2)).last().isEqualTo("finished /end 500 INTERNAL_SERVER_ERROR false");
            assertThat(Raw.get(server, "/end").status()).isEqualTo(204);
        }
    }

    @Test
    void givesUpARequestThatWaitsTooLongForItsDecision() throws Exception {
        TestLimiter limiter = TestLimiter.later();
        GuardFilter filter = GuardFilter.builder(Guards.reserving(limiter, recorder))
                .listener(recorder)
                .build();
        try (Container server = start("", context -> {
            Servlets.addFilter(
                    context,
                    "/*",
                    DispatcherType.REQUEST,
                    (request, response, chain) -> chain.doFilter(new ShortTimeout(request, TIMEOUT_MILLIS), response));
            filter.register(context, "/end");
            Servlets.add(context, "/end", (request, response) -> response.setStatus(204));
        })) {
            limiter.hold();

            Response response = Raw.get(server, "/end");

            assertThat(response.status()).isEqualTo(503);
            assertThat(response.body()).contains("\"code\":\"SERVICE_UNAVAILABLE\"");
            assertThat(recorder.requests(2)).last().isEqualTo("finished /end 503 SERVICE_UNAVAILABLE false");
            limiter.release();
            assertThat(recorder.settlements(1)).as("no work was done for it").containsExactly("refunded");
        }
    }

    /** Runs a task that may throw. */
    @FunctionalInterface
    interface Task {
        void run() throws Exception;
    }

    static void inAnotherThread(Task task) {
        new Thread(() -> {
                    try {
                        task.run();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                })
                .start();
    }

    private static void awaitUninterrupted(CountDownLatch latch) throws IOException {
        try {
            await().until(() -> latch.getCount() == 0);
        } catch (RuntimeException e) {
            throw new IOException(e);
        }
    }
}
