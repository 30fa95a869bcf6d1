package io.tollgate.api.guard;

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
import java.util.Set;
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

    /**
     * The end of a request: known, with an error or without one; or unknown, since the client left.
     *
     * @param status the status of the response if that is all that is known, else 0: {@code error} is exact
     */
    private record End(boolean known, @Nullable ErrorCode error, int status) {
        static final End SUCCESS = new End(true, null, 0);
        static final End UNKNOWN = new End(false, CommonError.REQUEST_TIMEOUT, 0);

        static End of(ErrorCode error) {
            return new End(true, error, 0);
        }

        static End ofStatus(int status) {
            return status < 400 ? SUCCESS : new End(true, Statuses.error(status), status);
        }

        boolean keeps(RateLimitDecision reservation) {
            Set<ErrorCode> chargedOn = reservation.check().chargedOn();
            ErrorCode code = error;
            return !known
                    || (code != null && chargedOn.contains(code))
                    || (status != 0 && chargedOn.stream().anyMatch(charged -> charged.httpStatus() == status));
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

    private CompletionStage<Admission> verify(String token, @Nullable VerificationBudget budget) {
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
        return Steps.then(end(End.of(error.code())), executor, (done, failure) -> completed(new Rejected(this, error)));
    }

    CompletionStage<Admission> onBody(Map<String, String> facts, Admitted admitted) {
        attributes = Map.copyOf(facts);
        return decide(Phase.BODY, () -> completed(admitted));
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
            return undecided(e);
        }
        return Steps.then(decided, executor, (made, failure) -> {
            if (failure != null) {
                return undecided(failure);
            }
            add(made, System.nanoTime() - started);
            RateLimitDecision rejection = made.rejection().orElse(null);
            if (rejection == null) {
                return next.admission();
            }
            return phase == Phase.BODY ? rejectedAfterwards(rejection.toException()) : rejected(rejection);
        });
    }

    /** Ends a request of which a policy threw, or the limiter failed. */
    private CompletionStage<Admission> undecided(Throwable failure) {
        GatewayException error = GatewayException.from(failure);
        end(End.of(error.code()));
        return CompletableFuture.failedStage(error);
    }

    private CompletionStage<Admission> rejected(RateLimitDecision rejection) {
        GatewayException error = rejection.toException();
        End how = End.of(error.code());
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
        List<RateLimitDecision> late = List.of();
        End ended;
        synchronized (this) {
            ended = end;
            decisions = decisions.and(made);
            reported = reported(reported, made);
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

    /** A rejection stays the one to report, whatever is decided at the end of its request. */
    private static @Nullable RateLimitDecision reported(@Nullable RateLimitDecision before, RateLimitDecisions made) {
        if (before != null && before.rejects()) {
            return before;
        }
        RateLimitDecision next = made.reported().orElse(null);
        boolean replaces = next != null && (before == null || next.rejects() || next.shareLeft() < before.shareLeft());
        return replaces ? next : before;
    }

    private static List<RateLimitDecision> with(List<RateLimitDecision> some, RateLimitDecision another) {
        List<RateLimitDecision> more = some.isEmpty() ? new ArrayList<>(2) : some;
        more.add(another);
        return more;
    }

    // How did it end?

    CompletionStage<@Nullable Void> settle(int httpStatus) {
        return end(End.ofStatus(httpStatus));
    }

    CompletionStage<@Nullable Void> settle(ErrorCode error) {
        return end(End.of(error));
    }

    /** Settles by an error that the handler threw, and logs it if it is a fault of ours: nobody else will. */
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
                    if (failure != null) {
                        return CompletableFuture.<@Nullable Void>failedStage(failure);
                    }
                    add(made, System.nanoTime() - started);
                    return DONE;
                })
                .exceptionally(failure -> {
                    guard.warn("A request could not be charged for its outcome", failure);
                    return null;
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
                boolean charged = how.keeps(reservation) || !guard.refund(reservation);
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
