package io.tollgate.api.guard;

import static io.tollgate.api.guard.Requests.NO_OTHER_THREAD;
import static io.tollgate.api.guard.Requests.now;
import static io.tollgate.api.guard.Requests.perClient;
import static io.tollgate.api.guard.Requests.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CommonError;
import io.tollgate.api.Principal;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.token.AccessRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Requests whose user someone else has authenticated. All of them carry a forged token, which nobody must read. */
class KnownUserTest {
    private static final Optional<Principal> ANN =
            Optional.of(new Principal("ann", Set.of("read"), Set.of("staff"), Map.of()));

    private final MemoryLimiter limiter = new MemoryLimiter();
    private final NamedTokens tokens = NamedTokens.cheap();
    private final Recorder recorder = new Recorder();
    private final List<RateLimitContext> contexts = new ArrayList<>();
    private final RequestGuard guard = RequestGuard.builder()
            .tokens(tokens)
            .limiter(limiter, List.of(perClient("default", 10), context -> {
                contexts.add(context);
                return List.of();
            }))
            .listener(recorder)
            .build();

    private Admission admit(AccessRule rule, Optional<Principal> user) {
        return now(guard.admit(with("forged"), Optional.of("/shop"), rule, user, NO_OTHER_THREAD));
    }

    @Test
    void chargesTheUserAndReadsNoToken() {
        Admission admission = admit(AccessRule.token(), ANN);

        assertThat(admission).isInstanceOf(Admitted.class);
        assertThat(admission.principal()).isEqualTo(ANN);
        assertThat(limiter.asked()).containsExactly("default user:ann");
        assertThat(tokens.verified()).isEmpty();
        assertThat(recorder.lines()).as("no token was checked").containsExactly("decided default+");
    }

    @Test
    void chargesTheUserOfAnOpenRouteToo() {
        assertThat(admit(AccessRule.open(), ANN).principal()).isEqualTo(ANN);
        assertThat(limiter.asked()).containsExactly("default user:ann");
    }

    @Test
    void chargesARequestWithoutAUserToItsAddress() {
        assertThat(admit(AccessRule.open(), Optional.empty())).isInstanceOf(Admitted.class);
        assertThat(admit(AccessRule.optionalToken(), Optional.empty())).isInstanceOf(Admitted.class);
        assertThat(limiter.asked()).containsExactly("default ip:192.0.2.1", "default ip:192.0.2.1");
    }

    @Test
    void rejectsARequestWithoutAUserWhereTheRouteNeedsOne() {
        Rejected rejected = (Rejected) admit(AccessRule.token(), Optional.empty());

        assertThat(rejected.error().code()).isEqualTo(CommonError.MISSING_TOKEN);
        assertThat(rejected.error().headers()).containsEntry("WWW-Authenticate", "Bearer");
        assertThat(contexts).extracting(RateLimitContext::tokenError).contains(Optional.of(CommonError.MISSING_TOKEN));
        assertThat(limiter.asked()).as("no bad token").containsExactly("default ip:192.0.2.1");
    }

    @Test
    void rejectsAUserWithoutTheScopesOrRolesOfTheRoute() {
        assertThat(admit(AccessRule.scopes(List.of("read")), ANN)).isInstanceOf(Admitted.class);
        assertThat(admit(AccessRule.token().andOneOfRoles(List.of("staff")), ANN))
                .isInstanceOf(Admitted.class);
        for (AccessRule rule :
                List.of(AccessRule.scopes(List.of("write")), AccessRule.token().andOneOfRoles(List.of("admin")))) {
            Rejected rejected = (Rejected) admit(rule, ANN);

            assertThat(rejected.error().code()).isEqualTo(CommonError.INSUFFICIENT_SCOPE);
            assertThat(rejected.principal()).isEqualTo(ANN);
        }
    }

    @Test
    void needsNoVerifier() {
        RequestGuard bare = RequestGuard.builder()
                .limiter(limiter, List.of(perClient("default", 10)))
                .build();

        assertThat(now(bare.admit(with("forged"), Optional.of("/shop"), AccessRule.token(), ANN, NO_OTHER_THREAD)))
                .isInstanceOf(Admitted.class);
        assertThat(now(bare.admit(
                        with("forged"), Optional.of("/shop"), AccessRule.token(), Optional.empty(), NO_OTHER_THREAD)))
                .isInstanceOf(Rejected.class);
    }
}
