package io.tollgate.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.token.TokenService;
import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.refresh.InMemoryRefreshTokenStore;
import io.tollgate.auth.refresh.RefreshFamily;
import io.tollgate.auth.refresh.RefreshTokenRecord;
import io.tollgate.auth.refresh.RefreshTokenStore;
import io.tollgate.auth.refresh.Rotation;
import io.tollgate.auth.refresh.RotationRequest;
import io.tollgate.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JwtTokenServiceTest {
    private static final String SECRET = "a secret of no less than 32 bytes";

    private final VirtualTime time = new VirtualTime(Instant.parse("2026-11-22T12:00:00.500Z"));
    private final TokenService tokens = service().build();

    @Test
    void verifiesWhatItIssued() {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("plan", "gold");
        claims.put("seats", 3L);
        Principal principal = new Principal("user-1", Set.of("tickets:buy"), Set.of("buyer"), claims);

        AccessToken token = join(tokens.verify(join(tokens.issue(principal)).accessToken()));

        assertThat(token.principal()).isEqualTo(principal);
        assertThat(token.id()).isPresent();
        assertThat(token.expiresAt()).isEqualTo(Instant.parse("2026-11-22T12:15:00Z"));
    }

    @Test
    void issuesAccessTokensForFifteenMinutes() {
        String token = join(tokens.issue(Principal.of("user-1"))).accessToken();

        time.advance(Duration.ofMinutes(15).plusSeconds(29));
        assertThat(join(tokens.verify(token)).principal().userId()).isEqualTo("user-1");
        time.advance(Duration.ofSeconds(1));
        assertThat(refusal(tokens.verify(token))).isEqualTo(CommonError.TOKEN_EXPIRED);
    }

    @Test
    void stampsIssuerAndAudienceAndInsistsOnThem() {
        TokenService ours =
                service().issuer("https://a.example").audience("tickets").build();
        TokenService otherIssuer =
                service().issuer("https://b.example").audience("tickets").build();
        TokenService otherAudience =
                service().issuer("https://a.example").audience("orders").build();

        String token = join(ours.issue(Principal.of("user-1"))).accessToken();

        assertThat(join(ours.verify(token)).principal().userId()).isEqualTo("user-1");
        assertThat(refusal(otherIssuer.verify(token))).isEqualTo(CommonError.INVALID_TOKEN);
        assertThat(refusal(otherAudience.verify(token))).isEqualTo(CommonError.INVALID_TOKEN);
    }

    @Test
    void refusesATokenSignedWithAnotherSecret() {
        TokenService other = JwtTokenService.builder()
                .secret("another secret of at least 32 bytes")
                .time(time)
                .build();

        assertThat(refusal(
                        tokens.verify(join(other.issue(Principal.of("user-1"))).accessToken())))
                .isEqualTo(CommonError.INVALID_TOKEN);
    }

    @Test
    void refreshesForTheSamePrincipal() {
        Principal principal = new Principal(
                "user-1", Set.of("a", "b"), Set.of("admin"), Map.of("plan", "gold", "tags", List.of("x", 7L, true)));
        TokenPair first = join(tokens.issue(principal));

        TokenPair second = join(tokens.refresh(first.refreshToken().orElseThrow()));

        assertThat(join(tokens.verify(second.accessToken())).principal()).isEqualTo(principal);
        assertThat(second.refreshToken().orElseThrow())
                .isNotEqualTo(first.refreshToken().orElseThrow());
    }

    @Test
    void writesRefreshTokensThatFitAnywhere() {
        assertThat(refreshToken(Principal.of("user-1"))).matches("[A-Za-z0-9_-]{64}");
    }

    @Test
    void revokesTheFamilyOfARefreshTokenThatIsUsedTwice() {
        String first = refreshToken(Principal.of("user-1"));
        String second = join(tokens.refresh(first)).refreshToken().orElseThrow();
        time.advance(Duration.ofSeconds(10));

        assertThat(refusal(tokens.refresh(first))).isEqualTo(CommonError.UNAUTHENTICATED);
        assertThat(refusal(tokens.refresh(second))).isEqualTo(CommonError.UNAUTHENTICATED);
    }

    @Test
    void revokesTheFamilyOfARefreshTokenThatIsUsedTwiceWithoutGrace() {
        TokenService strict = service().refreshGrace(Duration.ZERO).build();
        String first = join(strict.issue(Principal.of("user-1"))).refreshToken().orElseThrow();
        String second = join(strict.refresh(first)).refreshToken().orElseThrow();

        assertThat(refusal(strict.refresh(first))).isEqualTo(CommonError.UNAUTHENTICATED);
        assertThat(refusal(strict.refresh(second))).isEqualTo(CommonError.UNAUTHENTICATED);
    }

    @Test
    void doesNothingForARequestThatHasEnded() {
        CallContext ended = CallContext.create().withTimeout(Duration.ZERO);
        String first = refreshToken(Principal.of("user-1"));

        assertThat(refusal(tokens.refresh(first, ended))).isEqualTo(CommonError.REQUEST_TIMEOUT);
        assertThat(refusal(tokens.issue(Principal.of("user-1"), ended))).isEqualTo(CommonError.REQUEST_TIMEOUT);

        String second = join(tokens.refresh(first)).refreshToken().orElseThrow();
        time.advance(Duration.ofSeconds(10));
        assertThat(join(tokens.refresh(second)).refreshToken()).isPresent();
    }

    @Test
    void givesTheSameSuccessorToARetryWithinTheGraceWindow() {
        String first = refreshToken(Principal.of("user-1"));
        String second = join(tokens.refresh(first)).refreshToken().orElseThrow();
        time.advance(Duration.ofMillis(9_999));

        TokenPair retried = join(tokens.refresh(first));

        assertThat(retried.refreshToken()).contains(second);
        assertThat(join(tokens.verify(retried.accessToken())).principal().userId())
                .isEqualTo("user-1");
        assertThat(join(tokens.refresh(second)).refreshToken()).isPresent();
    }

    @Test
    void keepsNothingInTheStoreFromWhichATokenCouldBeMade() {
        List<Object> seen = new CopyOnWriteArrayList<>();
        TokenService watched = service()
                .refreshTokenStore(watching(InMemoryRefreshTokenStore.builder().build(), seen))
                .refreshGrace(Duration.ofSeconds(10))
                .build();

        String first =
                join(watched.issue(Principal.of("user-1"))).refreshToken().orElseThrow();
        String second = join(watched.refresh(first)).refreshToken().orElseThrow();

        // The first 22 characters name the family; the secret is in the rest.
        assertThat(seen)
                .hasSize(3)
                .noneMatch(stored -> Stream.of(first, second)
                        .anyMatch(token -> stored.toString().contains(token.substring(24))));
    }

    @Test
    void sealsNoSuccessorWithoutAGraceWindow() {
        List<Object> seen = new CopyOnWriteArrayList<>();
        RefreshTokenStore store = watching(InMemoryRefreshTokenStore.builder().build(), seen);
        TokenService watched =
                service().refreshGrace(Duration.ZERO).refreshTokenStore(store).build();
        join(watched.refresh(
                join(watched.issue(Principal.of("u"))).refreshToken().orElseThrow()));

        assertThat(seen).anyMatch(each -> each.toString().contains("sealedSuccessor=Optional.empty"));
    }

    @Test
    void endsAFamilyThatIsNotUsedForAWeek() {
        String token = refreshToken(Principal.of("user-1"));
        time.advance(Duration.ofDays(7));

        assertThat(refusal(tokens.refresh(token))).isEqualTo(CommonError.UNAUTHENTICATED);
    }

    @Test
    void endsAFamilyThirtyDaysAfterTheLoginHoweverMuchItIsUsed() {
        String token = refreshToken(Principal.of("user-1"));
        for (int day = 5; day < 30; day += 5) {
            time.advance(Duration.ofDays(5));
            token = join(tokens.refresh(token)).refreshToken().orElseThrow();
        }
        time.advance(Duration.ofDays(5));

        assertThat(refusal(tokens.refresh(token))).isEqualTo(CommonError.UNAUTHENTICATED);
    }

    @Test
    void revokesOneFamily() {
        String token = refreshToken(Principal.of("user-1"));
        String other = refreshToken(Principal.of("user-1"));

        join(tokens.revoke(token));

        assertThat(refusal(tokens.refresh(token))).isEqualTo(CommonError.UNAUTHENTICATED);
        assertThat(join(tokens.refresh(other)).refreshToken()).isPresent();
    }

    @Test
    void revokesAllFamiliesOfAUser() {
        String token = refreshToken(Principal.of("user-1"));
        String other = refreshToken(Principal.of("user-2"));

        join(tokens.revokeAll("user-1"));

        assertThat(refusal(tokens.refresh(token))).isEqualTo(CommonError.UNAUTHENTICATED);
        assertThat(join(tokens.refresh(other)).refreshToken()).isPresent();
    }

    @Test
    void takesRevocationOfAnUnknownTokenForDone() {
        join(tokens.revoke("no such token"));
        join(tokens.revoke(RefreshToken.first().text()));
    }

    @Test
    void refusesWhatIsNoRefreshToken() {
        String good = refreshToken(Principal.of("user-1"));

        assertThat(Stream.of(
                        "",
                        " ",
                        "x",
                        good + "A",
                        good.substring(1),
                        " " + good.substring(1),
                        good.substring(0, 63) + "=",
                        good.substring(0, 63) + "+",
                        "\u0000".repeat(64),
                        "é".repeat(64),
                        "A".repeat(64),
                        "A".repeat(1_000_000)))
                .allSatisfy(bad -> assertThat(refusal(tokens.refresh(bad))).isEqualTo(CommonError.UNAUTHENTICATED));
        assertThat(join(tokens.refresh(good)).refreshToken()).isPresent();
    }

    @Test
    void refusesEachTokenInPlaceOfTheOther() {
        TokenPair pair = join(tokens.issue(Principal.of("user-1")));

        assertThat(refusal(tokens.refresh(pair.accessToken()))).isEqualTo(CommonError.UNAUTHENTICATED);
        assertThat(refusal(tokens.verify(pair.refreshToken().orElseThrow())))
                .isEqualTo(CommonError.INVALID_TOKEN_FORMAT);
    }

    @Test
    void usesNoRefreshTokenUpWhileItHasNoKeyToSignWith() {
        InMemoryRefreshTokenStore store = InMemoryRefreshTokenStore.builder().build();
        TokenService working = service().refreshTokenStore(store).build();
        TokenService keyless = JwtTokenService.builder()
                .keys(kid -> CompletableFuture.failedStage(new IOException("the key server is down")))
                .time(time)
                .refreshTokenStore(store)
                .build();
        String token =
                join(working.issue(Principal.of("user-1"))).refreshToken().orElseThrow();

        assertThat(refusal(keyless.refresh(token))).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        assertThat(join(working.refresh(token)).refreshToken()).isPresent();
    }

    @Test
    void saysUnavailableWhenTheStoreIsOutOfReach() {
        TokenService cutOff = service().refreshTokenStore(new BrokenStore()).build();

        assertThat(refusal(cutOff.issue(Principal.of("user-1")))).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        assertThat(refusal(cutOff.refresh(RefreshToken.first().text()))).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        assertThat(refusal(cutOff.revoke(RefreshToken.first().text()))).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        assertThat(refusal(cutOff.revokeAll("user-1"))).isEqualTo(CommonError.SERVICE_UNAVAILABLE);
    }

    @Test
    void logsTheReuseOfARefreshTokenWithoutTheToken() {
        try (CapturedLog log = new CapturedLog(RefreshTokens.class)) {
            String token = refreshToken(Principal.of("the reused user"));
            join(tokens.refresh(token));
            time.advance(Duration.ofSeconds(10));

            refusal(tokens.refresh(token));

            assertThat(log.lines())
                    .filteredOn(line -> line.contains("the reused user"))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("WARN")
                            .contains("refresh_token_reused")
                            .doesNotContain(token.substring(0, 22))
                            .doesNotContain(token.substring(22)));
        }
    }

    @Test
    void tellsNoSecretInToString() {
        TokenKey key = TokenKey.secret(
                        SignatureAlgorithm.HS256, SECRET.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .withKid("key-1");

        assertThat(tokens.toString() + key + KeySet.of(key) + RefreshToken.first())
                .contains("key-1")
                .doesNotContain("secret of");
    }

    @Test
    void refusesAPrincipalThatNoTokenCanCarry() {
        assertThatThrownBy(() -> tokens.issue(new Principal("u", Set.of(), Set.of(), Map.of("exp", 1L))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("claims: \"exp\" (expected: none of ");
        assertThatThrownBy(() -> tokens.issue(new Principal("u", Set.of("a b"), Set.of(), Map.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("scopes: \"a b\" (expected: a word without spaces)");
    }

    @Test
    void refusesSettingsOutOfRange() {
        JwtTokenService.Builder builder = JwtTokenService.builder();

        assertThatThrownBy(() -> builder.secret("31 bytes are one byte too few ."))
                .hasMessage("secret: 31 bytes (expected: at least 32 for HS256)");
        assertThatThrownBy(() -> builder.clockSkew(Duration.ofMinutes(6)))
                .hasMessage("clockSkew: PT6M (expected: PT0S to PT5M)");
        assertThatThrownBy(() -> builder.accessTokenTtl(Duration.ZERO))
                .hasMessage("accessTokenTtl: PT0S (expected: PT1S to PT24H)");
        assertThatThrownBy(() -> builder.refreshGrace(Duration.ofMinutes(2)))
                .hasMessage("refreshGrace: PT2M (expected: PT0S to PT1M)");
        assertThatThrownBy(builder::build)
                .hasMessage("keys: unset (expected: keys(...) or secret(...) before build())");
    }

    private JwtTokenService.Builder service() {
        return JwtTokenService.builder().secret(SECRET).time(time);
    }

    private String refreshToken(Principal principal) {
        return join(tokens.issue(principal)).refreshToken().orElseThrow();
    }

    private static RefreshTokenStore watching(RefreshTokenStore store, List<Object> seen) {
        return new RefreshTokenStore() {
            @Override
            public CompletionStage<Void> create(RefreshFamily family, RefreshTokenRecord first, CallContext context) {
                seen.add(family);
                seen.add(first);
                return store.create(family, first, context);
            }

            @Override
            public CompletionStage<Rotation> rotate(RotationRequest request, CallContext context) {
                seen.add(request);
                return store.rotate(request, context);
            }

            @Override
            public CompletionStage<Void> revoke(String familyId, String tokenHash) {
                return store.revoke(familyId, tokenHash);
            }

            @Override
            public CompletionStage<Void> revokeAll(String userId) {
                return store.revokeAll(userId);
            }
        };
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static ErrorCode refusal(CompletionStage<?> stage) {
        Throwable failure = catchThrowable(() -> join(stage));
        assertThat(failure).as("the stage's failure").isNotNull();
        return GatewayException.from(failure).code();
    }

    /** Stands for a database that is down. */
    private static final class BrokenStore implements RefreshTokenStore {
        @Override
        public CompletionStage<Void> create(RefreshFamily family, RefreshTokenRecord first, CallContext context) {
            return down();
        }

        @Override
        public CompletionStage<Rotation> rotate(RotationRequest request, CallContext context) {
            return down();
        }

        @Override
        public CompletionStage<Void> revoke(String familyId, String tokenHash) {
            return down();
        }

        @Override
        public CompletionStage<Void> revokeAll(String userId) {
            return down();
        }

        private static <T> CompletionStage<T> down() {
            return CompletableFuture.failedStage(new IOException("connection refused"));
        }
    }
}
