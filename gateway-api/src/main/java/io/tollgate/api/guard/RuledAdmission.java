package io.tollgate.api.guard;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.PathTemplate;
import io.tollgate.api.token.AccessRule;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Judges requests by the rules of a whole server, and never fails: whatever goes wrong is a rejection. */
final class RuledAdmission {
    private RuledAdmission() {}

    static CompletionStage<Admission> of(
            RequestGuard guard, HttpRequestHead head, RouteRules rules, Executor executor) {
        GuardedRoute route;
        try {
            if (!PathTemplate.isCanonical(head.path())) {
                throw GatewayException.of(CommonError.INVALID_REQUEST, "The path is ambiguous.");
            }
            route = rules.of(head);
            guard.requireVerifierFor(route.rule());
        } catch (RuntimeException e) {
            return rejected(guard, head, logged(guard, e), executor);
        }
        GuardedRequest request = new GuardedRequest(guard, head, route.template(), route.rule(), executor);
        return withoutFailure(guard, request, request.admit());
    }

    /** Rejects a request that must not be handled, after it is charged to its address: attempts are not free. */
    private static CompletionStage<Admission> rejected(
            RequestGuard guard, HttpRequestHead head, GatewayException error, Executor executor) {
        GuardedRequest request = new GuardedRequest(guard, head, Optional.empty(), AccessRule.open(), executor);
        return withoutFailure(guard, request, Steps.then(request.admit(), executor, (admission, failure) -> {
            if (failure != null) {
                return CompletableFuture.failedStage(failure);
            }
            return admission instanceof Admitted
                    ? request.rejectedAfterwards(error)
                    : CompletableFuture.completedStage(admission);
        }));
    }

    private static CompletionStage<Admission> withoutFailure(
            RequestGuard guard, GuardedRequest request, CompletionStage<Admission> admission) {
        return admission.exceptionally(failure -> {
            request.close(); // Has an effect only if the executor has rejected the task that would have ended it.
            return new Rejected(request, logged(guard, failure));
        });
    }

    private static GatewayException logged(RequestGuard guard, Throwable failure) {
        GatewayException error = GatewayException.from(failure);
        if (error.code().isServerFault()) {
            guard.warn("A request could not be judged", error);
        }
        return error;
    }
}
