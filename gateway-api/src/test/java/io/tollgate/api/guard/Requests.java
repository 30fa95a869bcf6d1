package io.tollgate.api.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.http.AddressRange;
import io.tollgate.api.http.TestHead;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.token.AccessRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Requests and policies of the tests. Requests come from 192.0.2.1, to the route {@code /shop}. */
final class Requests {
    static final Executor NO_OTHER_THREAD = task -> {
        throw new AssertionError("nothing was to run elsewhere");
    };

    private Requests() {}

    static TestHead anonymous() {
        return fromAddress("192.0.2.1");
    }

    static TestHead fromAddress(String address) {
        return new TestHead(AddressRange.parseAddress(address).orElseThrow());
    }

    static TestHead with(String token) {
        return anonymous().with("Authorization", "Bearer " + token);
    }

    /** Judges a request, of which nothing may happen on another thread. */
    static Admission admit(RequestGuard guard, TestHead head, AccessRule rule) {
        return now(guard.admit(head, Optional.of("/shop"), rule, NO_OTHER_THREAD));
    }

    static Admitted admitted(RequestGuard guard, TestHead head, AccessRule rule) {
        return (Admitted) admit(guard, head, rule);
    }

    static Rejected rejected(RequestGuard guard, TestHead head, AccessRule rule) {
        return (Rejected) admit(guard, head, rule);
    }

    static <T> T now(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        assertThat(future).isDone();
        return future.join();
    }

    static Map<String, String> headers(Admission admission) {
        Map<String, String> headers = new LinkedHashMap<>();
        admission.forEachHeader(headers::put);
        return headers;
    }

    /** A policy for the user, or else the address. */
    static RateLimitPolicy perClient(String name, long capacity) {
        return context -> List.of(RateLimitCheck.of(name, client(context), RateLimit.perHour(capacity)));
    }

    private static String client(RateLimitContext context) {
        return context.principal().map(user -> "user:" + user.userId()).orElseGet(context::addressKey);
    }

    /** A policy that is asked in one phase. */
    static RateLimitPolicy in(Phase phase, Function<RateLimitContext, List<RateLimitCheck>> checks) {
        return new RateLimitPolicy() {
            @Override
            public List<RateLimitCheck> checks(RateLimitContext context) {
                return checks.apply(context);
            }

            @Override
            public Set<Phase> phases() {
                return Set.of(phase);
            }
        };
    }
}
