package io.tollgate.examples.embed;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.ErrorType;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.Redaction;
import io.tollgate.api.TimeSource;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.GuardListener;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RequestIds;
import io.tollgate.api.ratelimit.PartitionKeys;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.RateLimitHeaders;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.BearerAuthenticator;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Session;
import io.tollgate.api.user.UserGateway;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.operations.process.Shutdown;
import io.tollgate.ratelimit.KeySelector;
import io.tollgate.ratelimit.LoginProtection;
import io.tollgate.ratelimit.Matchers;
import io.tollgate.ratelimit.Policies;
import io.tollgate.ratelimit.SharedRateLimiter;
import io.tollgate.ratelimit.config.PolicyReader;
import io.tollgate.ratelimit.config.PolicySettings;
import io.tollgate.ratelimit.config.RateLimitPolicyFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;

/** The examples of Javadoc and documents, which {@link JavadocTest} and {@link PagesTest} compare with this file. */
@SuppressWarnings("all")
abstract class Snippets {
    // CallContext
    void call(UserGateway users, Credentials credentials, String requestId) {
        CallContext context = CallContext.of(requestId).withTimeout(Duration.ofSeconds(2));
        CompletionStage<Session> session = users.login(credentials, context);
    }

    // Cancellation
    void cancel(Connection connection, String requestId) {
        Cancellation cancellation = new Cancellation();
        CallContext context = CallContext.of(requestId).withCancellation(cancellation);
        connection.onClose(cancellation::cancel);
    }

    interface Connection {
        void onClose(Runnable listener);
    }

    // ErrorCode
    enum LibraryError implements ErrorCode {
        // Another reader has the book.
        BOOK_LENT(ErrorType.CONFLICT_ERROR, 409);

        private final ErrorType type;
        private final int httpStatus;

        LibraryError(ErrorType type, int httpStatus) {
            this.type = type;
            this.httpStatus = httpStatus;
        }

        public ErrorType type() {
            return type;
        }

        public int httpStatus() {
            return httpStatus;
        }
    }

    void lend() {
        throw GatewayException.of(LibraryError.BOOK_LENT, "The book is lent until Friday.");
    }

    // GatewayException
    void respond(Throwable failure, HttpRequestHead head, String requestId, ServletLike response) throws IOException {
        HttpResponse error = ErrorRenderer.envelope().render(GatewayException.from(failure), head, requestId);
        response.setStatus(error.status());
        error.forEachHeader(response::setHeader);
        response.getOutputStream().write(error.bytes());
    }

    // Redaction
    void log() {
        String host = Redaction.ofValue("redis://:hunter2@redis:6379"); // <redacted>@redis:6379
        String line = Redaction.ofText(
                "cannot fetch https://host/keys?token=abc"); // cannot fetch https://host/keys?<redacted>
    }

    interface ServletLike {
        void setStatus(int status);

        void setHeader(String name, String value);

        OutputStream getOutputStream();
    }

    // TimeSource
    final class ManualTime implements TimeSource {
        private final AtomicLong nanos = new AtomicLong();

        void advance(Duration by) {
            nanos.addAndGet(by.toNanos());
        }

        public long nanoTime() {
            return nanos.get();
        }

        public Instant now() {
            return Instant.EPOCH.plusNanos(nanos.get());
        }
    }

    // Admitted
    void settle(Admitted admitted, HttpExchange exchange) {
        try (Admitted request = admitted) {
            request.settle(handle(exchange, request.principal())); // the status of the response
        } // if handle(...) throws, the outcome is unknown
    }

    abstract int handle(HttpExchange exchange, Optional<Principal> principal);

    // GuardListener
    void listen() {
        GuardListener rejections = new GuardListener() {
            public void decided(HttpRequestHead head, RateLimitDecisions decisions, long nanos) {
                decisions
                        .rejection()
                        .ifPresent(rejection -> counter(rejection.policy()).increment());
            }
        };
    }

    abstract LongAdder counter(String policy);

    // RequestGuard
    void guard(
            String secret,
            RateLimiter limiter,
            HttpRequestHead head,
            RouteRules rules,
            Executor eventLoop,
            ErrorRenderer errors) {
        RequestGuard guard = RequestGuard.builder()
                .tokens(JwtVerifier.builder().secret(secret).build())
                .limiter(limiter, List.of(Policies.standard(RateLimit.perMinute(100))))
                .trustedProxies("10.0.0.0/8")
                .build();

        String requestId = RequestIds.of(head);

        // A server with a thread for each request:
        write(guard.respond(head, "/tickets", AccessRule.token(), requestId, request -> sell(request.principal())));

        // An asynchronous server:
        guard.admit(head, rules, eventLoop).thenAccept(admission -> {
            if (admission instanceof Rejected rejected) {
                write(rejected.response(errors, requestId));
            } else if (admission instanceof Admitted request) {
                sellAsync(request.principal()).whenComplete((sold, failure) -> {
                    HttpResponse response = failure == null ? sold : errorPage(failure);
                    request.settle(response.status());
                    write(request.complete(response));
                });
            }
        });
    }

    abstract void write(HttpResponse response);

    abstract HttpResponse sell(Optional<Principal> principal);

    abstract CompletionStage<HttpResponse> sellAsync(Optional<Principal> principal);

    abstract HttpResponse errorPage(Throwable failure);

    // ErrorRenderer
    void render(Throwable failure, HttpRequestHead head, String requestId) {
        ErrorRenderer errors = ErrorRenderer.negotiated();
        HttpResponse response = errors.render(GatewayException.from(failure), head, requestId);
    }

    void renderText() {
        ErrorRenderer plainText = (error, head, requestId) -> HttpResponse.of(
                        error.code().httpStatus(),
                        "text/plain; charset=utf-8",
                        error.getMessage().getBytes(UTF_8))
                .withHeaders(error.headers());
    }

    // HttpEndpoint
    void serve() {
        HttpEndpoint hello = request -> CompletableFuture.completedStage(
                HttpResponse.of(200, "text/plain; charset=utf-8", "Hello\n".getBytes(UTF_8)));
    }

    // HttpRequestHead
    void adapt(HttpExchange exchange) {
        HttpRequestHead head = HttpRequestHead.of(
                exchange.getRequestMethod(),
                exchange.getRequestURI(),
                exchange.getRemoteAddress().getAddress(),
                exchange.getRequestHeaders()::get);
    }

    // PartitionKeys
    void partition(byte[] secret, RateLimitDecisions decisions, ServletLike response) {
        PartitionKeys keys = PartitionKeys.hmac(secret);
        RateLimitHeaders.writeStandard(decisions, keys, response::setHeader);
    }

    // RateLimit
    void limits() {
        RateLimit limit = RateLimit.parse("10/s, 1000/day");
        RateLimit same = RateLimit.perSecond(10).and(RateLimit.perDay(1_000));
    }

    // RateLimitDecision
    void decide(Semaphore semaphore) {
        RateLimiter oneAtATime = check -> CompletableFuture.completedStage(
                semaphore.tryAcquire()
                        ? RateLimitDecision.allowed(check, semaphore.availablePermits(), Instant.now())
                        : RateLimitDecision.rejected(check, Duration.ofSeconds(1), Instant.now()));
    }

    // RateLimiter
    void close(Office office) {
        RateLimiter officeHours = check -> CompletableFuture.completedStage(
                office.isOpen()
                        ? RateLimitDecision.allowed(check, check.limit().capacity(), Instant.now())
                        : RateLimitDecision.rejected(check, office.timeToOpening(), Instant.now()));
    }

    interface Office {
        boolean isOpen();

        Duration timeToOpening();
    }

    // RateLimitPolicy
    void limitUsers() {
        RateLimit daily = RateLimit.perDay(1_000);
        RateLimitPolicy perUser = context -> context.principal()
                .map(user -> List.of(RateLimitCheck.of("daily", "user:" + user.userId(), daily)))
                .orElse(List.of());
    }

    void limitTenants(RateLimit limit) {
        RateLimitPolicy.named("tenant", context -> List.of(RateLimitCheck.of("tenant", tenantOf(context), limit)));
    }

    abstract String tenantOf(RateLimitContext context);

    // AccessRule
    void require() {
        AccessRule rule = AccessRule.scopes(List.of("tickets:buy")).andOneOfRoles(List.of("customer", "staff"));
    }

    // BearerAuthenticator
    void authenticate(TokenVerifier verifier, HttpRequestHead head) {
        BearerAuthenticator authenticator = BearerAuthenticator.of(verifier);
        CompletionStage<AccessToken> token = authenticator.authenticate(head.headers("Authorization"));
    }

    // TokenVerifier
    void verify(Sessions sessions) {
        TokenVerifier opaqueTokens = token -> sessions.find(token)
                .thenApply(session -> session.orElseThrow(
                        () -> GatewayException.of(CommonError.INVALID_TOKEN, "The access token is invalid.")))
                .thenApply(session -> new AccessToken(session.user(), Optional.empty(), session.expiresAt()));
    }

    interface Sessions {
        CompletionStage<Optional<SessionOfAUser>> find(String token);
    }

    record SessionOfAUser(Principal user, Instant expiresAt) {}

    // KeySelector
    void selectKeys() {
        KeySelector perTenant = KeySelector.header("X-Tenant").and(KeySelector.route());
        KeySelector perPlan = context ->
                context.principal().flatMap(user -> user.claim("plan")).map(plan -> "plan:" + plan);
    }

    // LoginProtection
    void protectLogins() {
        RateLimitPolicy logins = LoginProtection.builder()
                .routes("/login")
                .accountAttribute("account")
                .build();
    }

    // Policies
    void buildAPolicy() {
        RateLimitPolicy daily = Policies.named("daily")
                .key(KeySelector.user())
                .limit(RateLimit.perDay(1_000).and(RateLimit.perSecond(10)))
                .tiers("plan", Map.of("gold", RateLimit.perDay(100_000)))
                .exempt(Matchers.addressIn("10.0.0.0/8"))
                .shadow(true)
                .build();
    }

    // SharedRateLimiter
    void share() {
        try (SharedRateLimiter limiter = SharedRateLimiter.builder("redis://localhost:6379")
                .namespace("shop")
                .replicas(3)
                .build()) {
            limiter.decide(RateLimitCheck.of("daily", "user:42", RateLimit.perDay(1_000)))
                    .thenAccept(decision -> log(decision.allowed()));
        }
    }

    abstract void log(boolean allowed);

    // docs/rate-limiter.md
    void shareWithMoreSettings() {
        SharedRateLimiter limiter = SharedRateLimiter.builder("rediss://gate:p%40ss@cache.example.com:6380/2")
                .namespace("shop") // every key begins with shop:
                .replicas(3) // instances, of which each enforces its share while Redis is unavailable
                .leases(true) // tokens of hot keys are taken a few at a time
                .build(); // close() ends its connections and threads
    }

    // PolicyReader
    void read() {
        List<RateLimitPolicy> policies = PolicyReader.builder()
                .build()
                .read(List.of(Map.of("name", "daily", "key", "user", "limits", List.of("10/s", "1000/day"))));
    }

    // RateLimitPolicyFactory
    public final class TenantPolicyFactory implements RateLimitPolicyFactory {
        public String type() {
            return "tenant";
        }

        public RateLimitPolicy create(PolicySettings settings) {
            String header = settings.text("header");
            RateLimit limit = settings.limit("limits");
            String name = settings.name();
            return context -> context.header(header)
                    .map(tenant -> List.of(RateLimitCheck.of(name, "tenant:" + tenant, limit)))
                    .orElse(List.of());
        }
    }

    void shutdown(Logger log, HttpServer server, SharedRateLimiter limiter) {
        Shutdown shutdown = new Shutdown(log, Duration.ofSeconds(30), true);
        shutdown.step("listener", () -> server.stop(20));
        shutdown.step("redis", limiter::close);
    }
}
