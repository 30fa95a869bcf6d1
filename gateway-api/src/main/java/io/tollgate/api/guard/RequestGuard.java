package io.tollgate.api.guard;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.TimeSource;
import io.tollgate.api.http.AddressRange;
import io.tollgate.api.http.ClientAddresses;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.PartitionKeys;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.token.TokenVerifier;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates requests, applies rate-limit policies, and admits or rejects each request: the engine of the gateway, for any
 * server.
 *
 * <pre>{@code
 * RequestGuard guard = RequestGuard.builder()
 *         .tokens(JwtVerifier.builder().secret(secret).build())
 *         .limiter(limiter, List.of(Policies.standard(RateLimit.perMinute(100))))
 *         .trustedProxies("10.0.0.0/8")
 *         .build();
 *
 * String requestId = RequestIds.of(head);
 *
 * // A server with a thread for each request:
 * write(guard.respond(head, "/tickets", AccessRule.token(), requestId, request -> sell(request.principal())));
 *
 * // An asynchronous server:
 * guard.admit(head, rules, eventLoop).thenAccept(admission -> {
 *     if (admission instanceof Rejected rejected) {
 *         write(rejected.response(errors, requestId));
 *     } else if (admission instanceof Admitted request) {
 *         sellAsync(request.principal()).whenComplete((sold, failure) -> {
 *             HttpResponse response = failure == null ? sold : errorPage(failure);
 *             request.settle(response.status());
 *             write(request.complete(response));
 *         });
 *     }
 * });
 * }</pre>
 *
 * <p>The guard resolves the client's address, verifies the token if the route reads one, and applies the policies; the
 * default bucket key is the user, else the address. A request with a bad token is charged to its address before it is
 * rejected; one whose token lacks a scope or role that the route requires, to its user.
 *
 * <p>Guessing is limited. Each bad token is charged to its address ({@link TokenProtection}), and an address has a
 * budget of costly verifications ({@link Builder#verificationBudget}). A policy that charges by the outcome of a
 * request (a failed login) {@linkplain RateLimitCheck#reservedFor reserves} its tokens first, so that concurrent
 * guesses cannot outrun the charge.
 *
 * <p>Thread-safe. Only {@link #respond} blocks. Owns nothing that must be closed: the caller closes what it passes in.
 */
public final class RequestGuard {
    /** Completes stages on the thread that completes the stage before: that of the limiter or of the verifier. */
    public static final Executor SAME_THREAD = Runnable::run;

    private static final Logger log = System.getLogger("io.tollgate.guard");
    private static final GuardListener SILENT = new GuardListener() {};

    private final @Nullable TokenVerifier verifier;
    private final @Nullable RateLimiter limiter;
    private final @Nullable Refunds refunds;
    private final ClientAddresses addresses;
    private final boolean standardHeaders;
    private final @Nullable PartitionKeys partitionKeys;
    private final @Nullable TokenProtection tokenProtection;
    private final @Nullable VerificationBudget budget;
    private final ErrorRenderer errors;
    private final GuardListener listener;
    private final TimeSource time;
    private volatile PhasePolicies phasePolicies;

    private RequestGuard(Builder builder) {
        this.verifier = builder.verifier;
        this.limiter = builder.limiter;
        this.refunds = limiter == null ? null : new Refunds(limiter);
        this.addresses = builder.addresses;
        this.standardHeaders = builder.standardHeaders;
        this.partitionKeys = builder.partitionKeys;
        this.tokenProtection = verifier != null && limiter != null ? builder.tokenProtection : null;
        this.budget = verifier != null && builder.budgeted
                ? new VerificationBudget(builder.verificationsAtOnce, builder.verificationsPerSecond, builder.time)
                : null;
        this.errors = builder.errors;
        this.listener = builder.listener;
        this.time = builder.time;
        this.phasePolicies = PhasePolicies.of(builder.policies, tokenProtection);
    }

    /** Returns a builder. Without tokens and a limiter, the guard admits every request. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Judges a request, and completes on a small pool of daemon threads of this library. A dependent that blocks one of
     * them delays other requests.
     *
     * @param route the template of the route, such as {@code /tickets/{id}}
     * @see #admit(HttpRequestHead, Optional, AccessRule, Executor)
     */
    public CompletionStage<Admission> admit(HttpRequestHead head, String route, AccessRule rule) {
        return admit(head, Optional.of(route), rule, GuardThreads.SHARED);
    }

    /**
     * Judges a request, and completes on {@code executor}, such as the event loop of its connection.
     *
     * @param route the template of the route, such as {@code /tickets/{id}}
     * @see #admit(HttpRequestHead, Optional, AccessRule, Executor)
     */
    public CompletionStage<Admission> admit(HttpRequestHead head, String route, AccessRule rule, Executor executor) {
        return admit(head, Optional.of(route), rule, executor);
    }

    /**
     * Judges a request. If its token is cached and its buckets are in this process, the stage is complete when it is
     * returned, and nothing runs on another thread.
     *
     * @param head the request; read on the calling thread, and by policies of later phases on the executor's
     * @param route the template of the route; empty if no route matched, which is charged all the same
     * @param rule the requirements of the route
     * @param executor completes this stage and those of {@link Admitted}, unless they are complete at once; {@link
     *     #SAME_THREAD} completes them on the thread of the limiter or of the verifier, which dependents must not
     *     block. If the executor rejects a task, the stage fails on the thread that submitted it, and the latest
     *     reservations are kept
     * @return fails with a {@link io.tollgate.api.GatewayException} only if a policy throws, or the limiter or the
     *     executor fails
     * @throws IllegalStateException if the rule reads tokens, and the guard was built without {@link Builder#tokens}
     */
    public CompletionStage<Admission> admit(
            HttpRequestHead head, Optional<String> route, AccessRule rule, Executor executor) {
        requireVerifierFor(rule);
        return new GuardedRequest(this, head, route, rule, executor).admit();
    }

    /**
     * Judges a request whose user is known already: someone else has authenticated it, by a session, a certificate or
     * a token. Its {@code Authorization} header is not read. The user is charged even if the rule is {@link
     * AccessRule#open()}, and must meet the rule; a request without a user is anonymous, and gets a 401 if the rule
     * requires a token.
     *
     * @param user the authenticated user; empty if there is none
     * @see #admit(HttpRequestHead, Optional, AccessRule, Executor)
     */
    public CompletionStage<Admission> admit(
            HttpRequestHead head,
            Optional<String> route,
            AccessRule rule,
            Optional<Principal> user,
            Executor executor) {
        return new GuardedRequest(this, head, route, rule, executor).admit(user);
    }

    /**
     * Judges a request by rules, for an integration in front of a whole server. The stage never fails: whatever goes wrong is a
     * rejection with its error, which is logged if it is a fault of the server.
     *
     * <p>A request that must not be handled is charged to its address and rejected: with {@code INVALID_REQUEST} if its path is
     * not {@linkplain io.tollgate.api.http.PathTemplate#isCanonical canonical}, and with the {@link GatewayException} that the
     * rules throw, such as those of a head that the server could not decode ({@link RouteRules#malformed}).
     *
     * @param executor as in {@link #admit(HttpRequestHead, Optional, AccessRule, Executor)}; if it rejects a task, the stage
     *     completes on the thread that submitted it
     */
    public CompletionStage<Admission> admit(HttpRequestHead head, RouteRules rules, Executor executor) {
        return RuledAdmission.of(this, head, rules, executor);
    }

    /**
     * Judges a request, waits, and returns the response: for servers with a thread for each request. An admitted
     * request is handled on the calling thread and settled by the status of its response. An exception of the handler
     * is rendered like any error and settles the request; a fault of the server is also logged.
     *
     * @param route the template of the route, such as {@code /tickets/{id}}
     * @param requestId 1 to 128 visible ASCII characters
     * @return the response, with all headers that it must carry
     */
    public HttpResponse respond(
            HttpRequestHead head,
            String route,
            AccessRule rule,
            String requestId,
            Function<Admitted, HttpResponse> handler) {
        Admission admission;
        try {
            admission = admit(head, route, rule).toCompletableFuture().join();
        } catch (CompletionException e) {
            GatewayException error = GatewayException.from(e);
            warn("A request could not be judged", error);
            return errors.render(error, head, requestId);
        }
        return admission instanceof Admitted admitted
                ? admitted.respond(errors, requestId, handler)
                : ((Rejected) admission).response(errors, requestId);
    }

    /**
     * Returns the requirements of a route without a rule of its own: {@link AccessRule#token()} if the guard verifies
     * tokens, else {@link AccessRule#open()}.
     */
    public AccessRule defaultRule() {
        return verifier == null ? AccessRule.open() : AccessRule.token();
    }

    /** Returns the client's address of a request, resolved through trusted proxies. */
    public InetAddress clientAddress(HttpRequestHead head) {
        return addresses.of(head);
    }

    /** Returns the active policies, in the order in which they apply. Unmodifiable. */
    public List<RateLimitPolicy> policies() {
        return phasePolicies.all;
    }

    /**
     * Replaces all policies at once. An in-flight request is subject to the new ones in the phases that it has not
     * reached. A bucket whose limit changes keeps its fill ratio; one that no policy names any more expires when it
     * would be full.
     *
     * @throws IllegalStateException if the guard has no limiter
     */
    public void replacePolicies(List<RateLimitPolicy> replacement) {
        if (limiter == null) {
            throw new IllegalStateException("limiter: unset (expected: limiter(...) in the builder)");
        }
        this.phasePolicies = PhasePolicies.of(List.copyOf(replacement), tokenProtection);
    }

    void requireVerifierFor(AccessRule rule) {
        if (rule.readsToken() && verifier == null) {
            throw new IllegalStateException(
                    "tokens: unset (expected: tokens(...) in the builder, since " + rule + " reads tokens)");
        }
    }

    TokenVerifier verifier() {
        return requireNonNull(verifier, "verifier");
    }

    RateLimiter limiter() {
        return requireNonNull(limiter, "limiter");
    }

    ClientAddresses addresses() {
        return addresses;
    }

    /** Returns the budget that pays for verifying a token; null if the verification is free. */
    @Nullable
    VerificationBudget budgetFor(String token) {
        VerificationBudget limited = budget;
        return limited != null && verifier().isCostly(token) ? limited : null;
    }

    GuardListener listener() {
        return listener;
    }

    /** Returns nanoseconds of a monotonic clock; 0 without a listener, which alone would use it: two readings cost 50 ns. */
    long nanoTime() {
        return listener == SILENT ? 0 : time.nanoTime();
    }

    PhasePolicies phasePolicies() {
        return phasePolicies;
    }

    boolean standardHeaders() {
        return standardHeaders;
    }

    /** Returns null if responses carry no partition keys. */
    @Nullable
    PartitionKeys partitionKeys() {
        return partitionKeys;
    }

    boolean refund(RateLimitDecision reservation) {
        return requireNonNull(refunds, "refunds").of(reservation);
    }

    void warn(String message, @Nullable Throwable cause) {
        log.log(Level.ERROR, message, cause);
    }

    /** Builds a {@link RequestGuard}. Not thread-safe. */
    public static final class Builder {
        private @Nullable TokenVerifier verifier;
        private @Nullable RateLimiter limiter;
        private List<RateLimitPolicy> policies = List.of();
        private ClientAddresses addresses = ClientAddresses.direct();
        private boolean standardHeaders;
        private @Nullable PartitionKeys partitionKeys;
        private @Nullable TokenProtection tokenProtection = TokenProtection.standard();
        private boolean budgeted = true;
        private int verificationsAtOnce = 50;
        private int verificationsPerSecond = 10;
        private ErrorRenderer errors = ErrorRenderer.envelope();
        private GuardListener listener = SILENT;
        private TimeSource time = TimeSource.system();

        private Builder() {}

        /** Sets the verifier of access tokens. Unset: no request is authenticated. */
        public Builder tokens(TokenVerifier tokenVerifier) {
            this.verifier = requireNonNull(tokenVerifier, "tokenVerifier");
            return this;
        }

        /**
         * Sets the limiter, and the policies in the order in which they apply. Unset: nothing is limited. If a policy
         * makes reservations, the limiter should have {@linkplain RateLimiter#refund refunds}.
         */
        public Builder limiter(RateLimiter rateLimiter, List<RateLimitPolicy> inOrder) {
            this.limiter = requireNonNull(rateLimiter, "rateLimiter");
            this.policies = List.copyOf(inOrder);
            return this;
        }

        /**
         * Sets the proxies whose {@code X-Forwarded-For} is believed. Unset: the peer of the connection is the client.
         *
         * @param ranges addresses and networks, such as {@code 10.0.0.0/8}
         */
        public Builder trustedProxies(String... ranges) {
            return clientAddresses(ClientAddresses.behind(
                    Stream.of(ranges).map(AddressRange::parse).toList(), ClientAddresses.Header.X_FORWARDED_FOR));
        }

        /** Sets the resolver of client addresses; by default, the client is the peer of the connection. */
        public Builder clientAddresses(ClientAddresses resolver) {
            this.addresses = requireNonNull(resolver, "resolver");
            return this;
        }

        /** Sets whether responses also carry the fields of the IETF draft; false by default. */
        public Builder standardHeaders(boolean on) {
            this.standardHeaders = on;
            return this;
        }

        /** Sets the partition keys of {@code RateLimit-Policy}, a field of the draft; none by default. */
        public Builder partitionKeys(PartitionKeys keys) {
            this.partitionKeys = requireNonNull(keys, "keys");
            return this;
        }

        /**
         * Sets the limit of bad tokens; 20 in 15 minutes by default. Has no effect without tokens and a limiter, or if
         * the policies include a {@link TokenProtection}.
         */
        public Builder tokenProtection(TokenProtection protection) {
            this.tokenProtection = requireNonNull(protection, "protection");
            return this;
        }

        /** Disables the limit of bad tokens: they are charged like any other request. */
        public Builder withoutTokenProtection() {
            this.tokenProtection = null;
            return this;
        }

        /**
         * Sets the budget of {@linkplain TokenVerifier#isCostly costly} verifications of each address. Verifying a
         * token that is not cached takes one, which is refunded if the token is valid; if none is left, the response is
         * 429. IPv6 addresses count by their /64.
         *
         * @param atOnce the size of the budget, 1 to 1,000,000; 50 by default
         * @param perSecond the verifications that are added each second, 1 to 1,000,000; 10 by default
         */
        public Builder verificationBudget(int atOnce, int perSecond) {
            if (atOnce < 1 || atOnce > 1_000_000 || perSecond < 1 || perSecond > 1_000_000) {
                throw new IllegalArgumentException("verificationBudget: " + atOnce + " at once, " + perSecond
                        + " per second (expected: each 1 to 1000000)");
            }
            this.verificationsAtOnce = atOnce;
            this.verificationsPerSecond = perSecond;
            this.budgeted = true;
            return this;
        }

        /** Disables the budget: every token is verified, whatever it costs. */
        public Builder withoutVerificationBudget() {
            this.budgeted = false;
            return this;
        }

        /** Sets the renderer of errors in {@link #respond}; the error envelope by default. */
        public Builder errors(ErrorRenderer renderer) {
            this.errors = requireNonNull(renderer, "renderer");
            return this;
        }

        /** Sets the receiver of events; none by default. */
        public Builder listener(GuardListener receiver) {
            this.listener = requireNonNull(receiver, "receiver");
            return this;
        }

        /** Sets the clocks; those of the system by default. */
        public Builder time(TimeSource source) {
            this.time = requireNonNull(source, "source");
            return this;
        }

        /** Returns the guard. */
        public RequestGuard build() {
            return new RequestGuard(this);
        }
    }
}
