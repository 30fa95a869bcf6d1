package io.tollgate.spring.boot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.guard.GuardListener;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.ratelimit.Policies;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * Clients that leave WebFlux while a stage of ours is not complete yet. None of them makes the application log an error: they
 * would fill its log, at no cost for them.
 */
class WebFluxClientLeavesTest {
    private static final Duration WITHIN = Duration.ofSeconds(60);

    private final Gate decision = new Gate();
    private final Gate charge = new Gate();
    private final Gate page = new Gate();
    private final AtomicInteger charges = new AtomicInteger();
    private final Queue<Boolean> settlements = new ConcurrentLinkedQueue<>();
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final CountDownLatch left = new CountDownLatch(1);

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel() == Level.ERROR) {
                IThrowableProxy cause = event.getThrowableProxy();
                errors.add(event.getThreadName() + ": " + event.getFormattedMessage()
                        + (cause == null ? "" : " " + cause.getClassName() + " " + cause.getMessage()));
            }
        }
    };

    @BeforeEach
    void listen() {
        appender.start();
        root.addAppender(appender);
    }

    @AfterEach
    void listenNoMore() {
        root.detachAppender(appender);
    }

    @Test
    void refundsARequestWhoseClientLeavesWhileTheGuardDecides() throws Exception {
        charge.open();
        try (Application application = start()) {
            leave(application, "/hello", decision);

            decision.open();

            awaitSettlement();
            assertNoErrors(application);
        }
    }

    @Test
    void chargesARequestOnceWhoseClientLeavesWhileItIsSettled() throws Exception {
        decision.open();
        try (Application application = start()) {
            leave(application, "/hello", charge);

            charge.open();

            awaitSettlement();
            assertThat(charges).as("charges of the response").hasValue(1);
            assertNoErrors(application);
        }
    }

    @Test
    void dropsAPageWhoseClientHasLeft() throws Exception {
        decision.open();
        charge.open();
        try (Application application = start()) {
            leave(application, "/page", page);

            page.open();

            assertNoErrors(application);
        }
    }

    @Test
    void dropsTheFailureOfAPageWhoseClientHasLeft() throws Exception {
        decision.open();
        charge.open();
        try (Application application = start()) {
            leave(application, "/page", page);

            page.fail(GatewayException.of(CommonError.INVALID_REQUEST, "The body ended early."));

            assertNoErrors(application);
        }
    }

    /** Sends a request, and resets the connection once its stage waits; returns when the application knows. */
    private void leave(Application application, String path, Gate gate) throws Exception {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), application.port())) {
            client.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(ISO_8859_1));
            gate.awaitStage();
            client.setSoLinger(true, 0);
        }
        assertThat(left.await(WITHIN.toSeconds(), TimeUnit.SECONDS))
                .as("the request is cancelled")
                .isTrue();
    }

    private void awaitSettlement() {
        Awaitility.await().atMost(WITHIN).until(() -> !settlements.isEmpty());
        assertThat(settlements).as("charged").containsExactly(false);
    }

    /** Demands that neither the application nor this test, whose thread completes the stages, has logged an error. */
    private void assertNoErrors(Application application) {
        String test = Thread.currentThread().getName() + ": ";
        assertThat(errors)
                .filteredOn(line -> line.startsWith(application.name() + "-") || line.startsWith(test))
                .isEmpty();
    }

    private Application start() {
        RateLimiter limiter = new RateLimiter() {
            @Override
            public CompletionStage<RateLimitDecision> decide(RateLimitCheck check) {
                boolean responds = check.policy().equals("responses");
                if (responds) {
                    charges.incrementAndGet();
                }
                return (responds ? charge : decision)
                        .stage()
                        .thenApply(none -> RateLimitDecision.allowed(check, 0, Instant.now()));
            }

            @Override
            public CompletionStage<@Nullable Void> refund(RateLimitDecision decision) {
                return CompletableFuture.completedStage(null);
            }
        };
        RateLimitPolicy failures = Policies.named("failures")
                .limit(RateLimit.perHour(100))
                .chargeOnlyOn(CommonError.UNAUTHENTICATED)
                .build();
        RateLimitPolicy responses = Policies.named("responses")
                .limit(RateLimit.perHour(100))
                .phase(RateLimitContext.Phase.OUTCOME)
                .build();
        RequestGuard guard = RequestGuard.builder()
                .limiter(limiter, List.of(failures, responses))
                .listener(new GuardListener() {
                    @Override
                    public void settled(HttpRequestHead head, RateLimitDecision reservation, boolean charged) {
                        settlements.add(charged);
                    }
                })
                .build();
        HttpEndpoint endpoint = request ->
                page.stage().thenApply(none -> HttpResponse.empty(204)).minimalCompletionStage();
        return Application.start(WebApplicationType.REACTIVE, WebFlux.class, context -> {
            context.registerBean(RequestGuard.class, () -> guard);
            context.registerBean(
                    SimpleUrlHandlerMapping.class,
                    () -> new SimpleUrlHandlerMapping(
                            Map.of("/page", ReactiveOperations.handler(endpoint, context.getBean(ErrorRenderer.class))),
                            -1));
            context.registerBean(WebFilter.class, () -> new Leaving(left));
        });
    }

    /** Completes stages when the test says so. */
    private static final class Gate {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CompletableFuture<@Nullable Void> stage = new CompletableFuture<>();

        CompletableFuture<@Nullable Void> stage() {
            reached.countDown();
            return stage;
        }

        void awaitStage() throws InterruptedException {
            assertThat(reached.await(WITHIN.toSeconds(), TimeUnit.SECONDS))
                    .as("the stage is asked for")
                    .isTrue();
        }

        void open() {
            stage.complete(null);
        }

        void fail(Throwable failure) {
            stage.completeExceptionally(failure);
        }
    }

    /** Notices, before all other filters, that a client has left and that the others have dealt with it. */
    private record Leaving(CountDownLatch left) implements WebFilter, Ordered {
        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
            return chain.filter(exchange).doFinally(signal -> {
                if (signal == SignalType.CANCEL) {
                    left.countDown();
                }
            });
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Controller.class)
    static class WebFlux {}

    @RestController
    static class Controller {
        @GetMapping("/hello")
        Mono<String> hello() {
            return Mono.just("Hello");
        }
    }
}
