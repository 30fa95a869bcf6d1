package io.tollgate.api.guard;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
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
 * One request on its way through the guard: authenticate, charge, judge; then perhaps its body, and its end. Steps run one
 * after another; only the end may come at any time and from any thread, and is guarded by the object's lock.
 */
final class GuardedRequest {
    private static final CompletionStage<@Nullable Void> DONE = CompletableFuture.completedStage(null);

    private final RequestGuard guard;
    private final HttpRequestHead head;
    private final Optional<String> route;
    private final AccessRule rule;
    private final Executor executor;
    private final InetAddress clientAddress;

    private volatile @Nullable Principal principal;
    private volatile @Nullable GatewayException tokenError;
    private volatile RateLimitDecisions decisions = RateLimitDecisions.NONE;
    private volatile @Nullable RateLimitDecision reported;
    private volatile Map<String, String> attributes = Map.of();

    /** Reservations that are not settled yet; guarded by the lock. */
    private List<RateLimitDecision> reservations = List.of();
    /** How the request ended, once it has; guarded by the lock. */
    private @Nullable End end;

    GuardedRequest(
            RequestGuard guard, HttpRequestHead head, Optional<String> route, AccessRule rule, Executor executor) {
        this.guard = guard;
        this.head = head;
        this.route = route;
        this.rule = rule;
        this.executor = executor;
        this.clientAddress = guard.addresses().of(head);
    }

    /** The end of a request: known, with an error or without one; or unknown, since the client left. */
    private record End(boolean known, @Nullable ErrorCode error) {
        static final End SUCCESS = new End(true, null);
        static final End UNKNOWN = new End(false, CommonError.REQUEST_TIMEOUT);

        boolean keeps(RateLimitDecision reservation) {
            ErrorCode code = error;
            return !known || code != null && reservation.check().chargedOn().contains(code);
        }
    }

    // Who is it?

    CompletionStage<Admission> admit() {
        if (!rule.readsToken()) {
            return charge();
        }
        List<String> authorization = head.headers("Authorization");
        if (authorization.isEmpty() && !rule.requiresToken()) {
            return charge();
        }
        String token;
        try {
            token = BearerAuthenticator.requireToken(authorization);
        } catch (GatewayException e) {
            return unauthenticated(e);
        }
        Optional<AccessToken> cached = guard.verifier().cached(token);
        return cached.isPresent() ? authenticated(cached.get()) : verify(token);
    }

    private CompletionStage<Admission> verify(String token) {
        VerificationBudget budget = guard.budgetFor(token);
        long wait = budget == null ? 0 : budget.reserve(clientAddress);
        if (wait > 0) {
            return overBudget(wait);
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

    private CompletionStage<Admission> overBudget(long waitNanos) {
        RateLimitDecision rejection = guard.overBudget(clientAddress, waitNanos);
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

    // May it pass?

    private CompletionStage<Admission> charge() {
        return decide(Phase.REQUEST, () -> {
            GatewayException error = tokenError;
            if (error == null) {
                Principal user = principal;
                error = user == null ? null : rule.rejection(user).orElse(null);
            }
            return error == null ? completed(new Admitted(this)) : rejectedAfterwards(error);
        });
    }

    /** Rejects a request that the policies let pass: it is charged for its end as any other. */
    private CompletionStage<Admission> rejectedAfterwards(GatewayException error) {
        return Steps.then(
                end(new End(true, error.code())), executor, (done, failure) -> completed(new Rejected(this, error)));
    }

    CompletionStage<Admission> onBody(Map<String, String> facts) {
        attributes = Map.copyOf(facts);
        return decide(Phase.BODY, () -> completed(new Admitted(this)));
    }

    private interface Next {
        CompletionStage<Admission> admission();
    }

    /** Asks the policies of a phase, and goes on to {@code next} unless one rejects. */
    private CompletionStage<Admission> decide(Phase phase, Next next) {
        CompletionStage<RateLimitDecisions> decided;
        long started = System.nanoTime();
        try {
            List<RateLimitCheck> checks = checks(phase, null);
            if (checks.isEmpty()) {
                return next.admission();
            }
            decided = guard.limiter().decideAll(checks);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(GatewayException.from(e));
        }
        return Steps.then(decided, executor, (made, failure) -> {
            if (failure != null) {
                end(new End(true, CommonError.INTERNAL_SERVER_ERROR));
                return CompletableFuture.failedStage(GatewayException.from(failure));
            }
            add(made, System.nanoTime() - started);
            RateLimitDecision rejection = made.rejection().orElse(null);
            if (rejection == null) {
                return next.admission();
            }
            return phase == Phase.BODY ? rejectedAfterwards(rejection.toException()) : rejected(rejection);
        });
    }

    private CompletionStage<Admission> rejected(RateLimitDecision rejection) {
        GatewayException error = rejection.toException();
        End how = new End(true, error.code());
        settle(claim(how), how);
        return completed(new Rejected(this, error));
    }

    private List<RateLimitCheck> checks(Phase phase, @Nullable ErrorCode ended) {
        PhasePolicies policies = guard.phasePolicies();
        return policies.isEmptyIn(phase)
                ? List.of()
                : policies.checks(new PhaseContext(this, phase, attributes, ended));
    }

    /** Adds decisions to those of the request, and finds the one to report. */
    private void add(RateLimitDecisions made, long nanos) {
        decisions = decisions.and(made);
        RateLimitDecision next = made.reported().orElse(null);
        RateLimitDecision before = reported;
        if (next != null && (before == null || !next.allowed() || next.shareLeft() < before.shareLeft())) {
            reported = next;
        }
        guard.listener().decided(head, made, nanos);
        for (RateLimitDecision decision : made.decisions()) {
            if (decision.check().isReservation() && decision.allowed()) {
                reserve(decision);
            }
        }
    }

    private void reserve(RateLimitDecision reservation) {
        End ended;
        synchronized (this) {
            ended = end;
            if (ended == null) {
                reservations = reservations.isEmpty() ? new ArrayList<>(2) : reservations;
                reservations.add(reservation);
            }
        }
        if (ended != null) {
            settle(List.of(reservation), ended); // The request ended while this was decided.
        }
    }

    // How did it end?

    CompletionStage<@Nullable Void> settle(int httpStatus) {
        return end(httpStatus < 400 ? End.SUCCESS : new End(true, Statuses.error(httpStatus)));
    }

    CompletionStage<@Nullable Void> settle(ErrorCode error) {
        return end(new End(true, error));
    }

    void abandon() {
        end(new End(true, CommonError.REQUEST_TIMEOUT));
    }

    void close() {
        end(End.UNKNOWN);
    }

    private CompletionStage<@Nullable Void> end(End how) {
        List<RateLimitDecision> open = claim(how);
        if (open == null) {
            return DONE;
        }
        settle(open, how);
        if (guard.phasePolicies().isEmptyIn(Phase.OUTCOME)) {
            return DONE;
        }
        long started = System.nanoTime();
        CompletionStage<RateLimitDecisions> decided;
        try {
            List<RateLimitCheck> checks = checks(Phase.OUTCOME, how.error());
            if (checks.isEmpty()) {
                return DONE;
            }
            decided = guard.limiter().decideAll(checks);
        } catch (RuntimeException e) {
            decided = CompletableFuture.failedStage(e);
        }
        return Steps.then(decided, executor, (made, failure) -> {
            if (failure == null) {
                add(made, System.nanoTime() - started);
            } else {
                guard.warn("A request could not be charged for its outcome", failure);
            }
            return DONE;
        });
    }

    /** The reservations to settle, for the first who ends the request; null for all others. */
    private synchronized @Nullable List<RateLimitDecision> claim(End how) {
        if (end != null) {
            return null;
        }
        end = how;
        List<RateLimitDecision> open = reservations;
        reservations = List.of();
        return open;
    }

    private void settle(@Nullable List<RateLimitDecision> open, End how) {
        if (open != null) {
            for (RateLimitDecision reservation : open) {
                boolean charged = how.keeps(reservation);
                if (!charged) {
                    guard.refund(reservation);
                }
                guard.listener().settled(head, reservation, charged);
            }
        }
    }

    // What is known of it?

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

    RateLimitDecisions decisions() {
        return decisions;
    }

    Optional<RateLimitDecision> reported() {
        return Optional.ofNullable(reported);
    }

    void forEachHeader(BiConsumer<String, String> sink) {
        RateLimitDecision decision = reported;
        if (decision != null) {
            RateLimitHeaders.write(decision, sink);
        }
        if (guard.standardHeaders()) {
            PartitionKeys keys = guard.partitionKeys();
            if (keys == null) {
                RateLimitHeaders.writeStandard(decisions, sink);
            } else {
                RateLimitHeaders.writeStandard(decisions, keys, sink);
            }
        }
    }

    private static CompletionStage<Admission> completed(Admission admission) {
        return CompletableFuture.completedStage(admission);
    }
}
