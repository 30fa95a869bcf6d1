package io.tollgate.api.guard;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.ErrorType;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.ratelimit.PartitionKeys;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import io.tollgate.api.ratelimit.RateLimitHeaders;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.BearerAuthenticator;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through the guard: authentication, charges, admission; then perhaps its body, and its end.
 * Steps run one after another. Only the end may come at any time and from any thread; the lock of this object guards
 * it.
 */
final class GuardedRequest {
    private static final CompletionStage<@Nullable Void> DONE = CompletableFuture.completedStage(null);

    private final RequestGuard guard;
    private final HttpRequestHead head;
    private final Optional<String> route;
    private final AccessRule rule;
    private final Executor executor;
    private final InetAddress clientAddress;

    // Written by the first steps, before the admission is published.
    private @Nullable Principal principal;
    private @Nullable GatewayException tokenError;
    // Not initialized, since each write to a volatile field is a fence.
    private volatile @Nullable RateLimitDecisions decisions;
    private volatile @Nullable Map<String, String> attributes;

    /** Reservations that are not settled yet; guarded by the lock. */
    private List<RateLimitDecision> reservations = List.of();
    /** The end of the request, after it has ended; guarded by the lock. */
    private @Nullable End end;

    GuardedRequest(
            RequestGuard guard, HttpRequestHead head, Optional<String> route, AccessRule rule, Executor executor) {
        this.guard = guard;
        this.head = requireNonNull(head, "head");
        this.route = requireNonNull(route, "route");
        this.rule = requireNonNull(rule, "rule");
        this.executor = requireNonNull(executor, "executor");
        this.clientAddress = guard.addresses().of(head);
    }

    // Authentication

    CompletionStage<Admission> admit() {
        if (!rule.readsToken()) {
            return charge();
        }
        List<String> authorization = head.headers("Authorization");
        if (authorization.isEmpty() && !rule.requiresToken()) {
            return charge();
        }
        String token;
        AccessToken cached;
        VerificationBudget budget;
        try {
            token = BearerAuthenticator.requireToken(authorization);
            cached = guard.verifier().cached(token).orElse(null);
            budget = cached == null ? guard.budgetFor(token) : null;
        } catch (RuntimeException e) {
            return unauthenticated(BearerAuthenticator.challenge(e));
        }
        return cached == null ? verify(token, budget) : authenticated(cached);
    }

    /** Judges a request whose user is known without its token. */
    CompletionStage<Admission> admit(Optional<Principal> user) {
        principal = user.orElse(null);
        if (user.isEmpty() && rule.requiresToken()) {
            tokenError = GatewayException.builder(CommonError.MISSING_TOKEN, "Authentication is required.")
                    .header("WWW-Authenticate", "Bearer")
                    .build();
        }
        return charge();
    }

    private CompletionStage<Admission> verify(String token, @Nullable VerificationBudget budget) {
        if (budget != null) {
            long wait = budget.reserve(clientAddress);
            if (wait > 0) {
                return overBudget(budget, wait);
            }
        }
        return Steps.then(verified(token), executor, (accessToken, failure) -> {
            if (failure != null) {
                return unauthenticated(BearerAuthenticator.challenge(failure));
            }
            if (budget != null) {
                budget.refund(clientAddress);
            }
            return authenticated(accessToken);
        });
    }

    private CompletionStage<AccessToken> verified(String token) {
        try {
            return guard.verifier().verify(token);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private CompletionStage<Admission> overBudget(VerificationBudget budget, long waitNanos) {
        RateLimitDecision rejection = budget.rejection(clientAddress, waitNanos);
        guard.listener().authenticated(head, CommonError.RATE_LIMIT_EXCEEDED);
        add(new RateLimitDecisions(List.of(rejection)), 0);
        return completed(new Rejected(this, rejection.toException()));
    }

    private CompletionStage<Admission> authenticated(AccessToken token) {
        principal = token.principal();
        guard.listener().authenticated(head, null);
        return charge();
    }

    private CompletionStage<Admission> unauthenticated(GatewayException error) {
        tokenError = error;
        guard.listener().authenticated(head, error.code());
        return charge();
    }

    // Charges and admission

    private CompletionStage<Admission> charge() {
        return decide(Phase.REQUEST, null);
    }

    /** Continues after a phase that rejected nothing. */
    private CompletionStage<Admission> next(@Nullable Admitted admitted) {
        if (admitted != null) {
            return completed(admitted); // This was the body.
        }
        GatewayException error = tokenError;
        if (error == null) {
            Principal user = principal;
            error = user == null ? null : rule.rejection(user).orElse(null);
        }
        return error == null ? completed(new Admitted(this)) : rejectedAfterwards(error);
    }

    /** Rejects a request that the policies allowed. It is charged for its end like any other. */
    CompletionStage<Admission> rejectedAfterwards(GatewayException error) {
        return Steps.then(end(End.of(error.code())), executor, (done, failure) -> completed(new Rejected(this, error)));
    }

    CompletionStage<Admission> onBody(Map<String, String> facts, Admitted admitted) {
        attributes = Map.copyOf(facts);
        return decide(Phase.BODY, admitted);
    }

    /** Applies the policies of a phase, and continues unless one rejects. */
    private CompletionStage<Admission> decide(Phase phase, @Nullable Admitted admitted) {
        CompletionStage<RateLimitDecisions> decided;
        long started = guard.nanoTime();
        try {
            List<RateLimitCheck> checks = checks(phase, null);
            if (checks.isEmpty()) {
                return next(admitted);
            }
            decided = guard.limiter().decideAll(checks);
        } catch (RuntimeException e) {
            return undecided(e);
        }
        return Steps.then(decided, executor, (made, failure) -> {
            if (failure != null) {
                return undecided(failure);
            }
            add(made, guard.nanoTime() - started);
            RateLimitDecision rejection = made.rejection().orElse(null);
            if (rejection == null) {
                return next(admitted);
            }
            return phase == Phase.BODY ? rejectedAfterwards(rejection.toException()) : rejected(rejection);
        });
    }

    /** Ends a request for which a policy threw or the limiter failed. */
    private CompletionStage<Admission> undecided(Throwable failure) {
        GatewayException error = GatewayException.from(failure);
        end(End.of(error.code()));
        return CompletableFuture.failedStage(error);
    }

    private CompletionStage<Admission> rejected(RateLimitDecision rejection) {
        GatewayException error = rejection.toException();
        finish(End.of(error.code()));
        return completed(new Rejected(this, error));
    }

    private List<RateLimitCheck> checks(Phase phase, @Nullable ErrorCode ended) {
        PhasePolicies policies = guard.phasePolicies();
        return policies.isEmptyIn(phase) ? List.of() : policies.checks(new PhaseContext(this, phase, ended));
    }

    /** Adds decisions to those of the request. */
    private void add(RateLimitDecisions made, long nanos) {
        List<RateLimitDecision> late = List.of();
        End ended;
        synchronized (this) {
            ended = end;
            decisions = decisions().and(made);
            for (RateLimitDecision decision : made.decisions()) {
                if (decision.check().isReservation() && decision.allowed()) {
                    if (ended == null) {
                        reservations = with(reservations, decision);
                    } else {
                        late = with(late, decision); // The request ended while this was decided.
                    }
                }
            }
        }
        guard.listener().decided(head, made, nanos);
        if (ended != null) {
            settle(late, ended);
        }
    }

    private static List<RateLimitDecision> with(List<RateLimitDecision> some, RateLimitDecision another) {
        List<RateLimitDecision> more = some.isEmpty() ? new ArrayList<>(2) : some;
        more.add(another);
        return more;
    }

    // The end

    CompletionStage<@Nullable Void> settle(int httpStatus) {
        return end(End.ofStatus(httpStatus));
    }

    CompletionStage<@Nullable Void> settle(ErrorCode error) {
        return end(End.of(error));
    }

    /** Settles by an error that the handler threw. Logs a fault of the server, since no other code does. */
    CompletionStage<@Nullable Void> failed(GatewayException error) {
        if (error.code().type() == ErrorType.INTERNAL_ERROR) {
            guard.warn("A request failed with " + error.code().name(), error);
        }
        return settle(error.code());
    }

    void abandon() {
        end(End.of(CommonError.REQUEST_TIMEOUT));
    }

    void close() {
        end(End.UNKNOWN);
    }

    private CompletionStage<@Nullable Void> end(End how) {
        if (!finish(how)) {
            return DONE;
        }
        List<RateLimitCheck> checks;
        try {
            checks = checks(Phase.OUTCOME, how.error());
        } catch (RuntimeException e) {
            return uncharged(e);
        }
        return checks.isEmpty() ? DONE : chargeEnd(checks);
    }

    private CompletionStage<@Nullable Void> chargeEnd(List<RateLimitCheck> checks) {
        long started = guard.nanoTime();
        CompletionStage<RateLimitDecisions> decided;
        try {
            decided = guard.limiter().decideAll(checks);
        } catch (RuntimeException e) {
            return uncharged(e);
        }
        return Steps.then(decided, executor, (made, failure) -> {
                    if (failure != null) {
                        return uncharged(failure);
                    }
                    add(made, guard.nanoTime() - started);
                    return DONE;
                })
                .exceptionallyCompose(this::uncharged);
    }

    private CompletionStage<@Nullable Void> uncharged(Throwable failure) {
        guard.warn("A request could not be charged for its outcome", failure);
        return DONE;
    }

    /** Settles all reservations by the first end; returns false for later ones, which count for nothing. */
    private boolean finish(End how) {
        List<RateLimitDecision> open;
        synchronized (this) {
            if (end != null) {
                return false;
            }
            end = how;
            open = reservations;
            reservations = List.of();
        }
        settle(open, how);
        return true;
    }

    private void settle(List<RateLimitDecision> open, End how) {
        for (RateLimitDecision reservation : open) {
            boolean charged = how.keeps(reservation) || !guard.refund(reservation);
            guard.listener().settled(head, reservation, charged);
        }
    }

    // Facts

    HttpRequestHead head() {
        return head;
    }

    Optional<String> route() {
        return route;
    }

    InetAddress clientAddress() {
        return clientAddress;
    }

    Optional<Principal> principal() {
        return Optional.ofNullable(principal);
    }

    Optional<ErrorCode> tokenError() {
        GatewayException error = tokenError;
        return error == null ? Optional.empty() : Optional.of(error.code());
    }

    Optional<String> attribute(String name) {
        Map<String, String> known = attributes;
        return known == null ? Optional.empty() : Optional.ofNullable(known.get(name));
    }

    RateLimitDecisions decisions() {
        RateLimitDecisions made = decisions;
        return made == null ? RateLimitDecisions.NONE : made;
    }

    Optional<RateLimitDecision> reported() {
        return decisions().reported();
    }

    void forEachHeader(BiConsumer<String, String> sink) {
        RateLimitDecisions made = decisions();
        made.reported().ifPresent(decision -> RateLimitHeaders.write(decision, sink));
        if (guard.standardHeaders()) {
            PartitionKeys keys = guard.partitionKeys();
            if (keys == null) {
                RateLimitHeaders.writeStandard(made, sink);
            } else {
                RateLimitHeaders.writeStandard(made, keys, sink);
            }
        }
    }

    private static CompletionStage<Admission> completed(Admission admission) {
        return CompletableFuture.completedStage(admission);
    }
}
