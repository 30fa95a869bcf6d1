package io.tollgate.runner.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.api.CommonError;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.ratelimit.KeySelector;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.http.Routes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Slows down those who guess passwords and tokens, and nobody else.
 *
 * <ul>
 *   <li>{@code failed-logins}: an address whose logins failed too often cannot log in for a while.
 *   <li>{@code bad-tokens}: an address that sent too many malformed or forged tokens is not listened to for a while;
 *       requests of that address with a valid token are.
 *   <li>{@code failed-account}: while an account is attacked, an address that failed for it must wait before it tries
 *       this account again, unless it has logged in to it before.
 * </ul>
 *
 * <p>Hence an account never refuses an address that has not itself failed for it: whoever knows the password and types
 * it right gets in, from anywhere, whatever strangers do. Which accounts are attacked, and which addresses have logged in
 * to them, each instance knows for itself, within bounds; buckets are wherever the gateway's limiter has them.
 */
public final class BruteForce implements RateLimitPolicy {
    private static final Set<CommonError> GUESSES =
            EnumSet.of(CommonError.INVALID_TOKEN, CommonError.INVALID_TOKEN_FORMAT);
    private static final Duration REMEMBERED = Duration.ofDays(30);
    private static final int MAX_REMEMBERED = 100_000;
    private static final KeySelector ADDRESS = KeySelector.address();

    private final RateLimit addressFailures;
    private final RateLimit badTokens;
    private final RateLimit accountDelay;
    private final RateLimit accountFailures;

    /** Failures of accounts: without a token left, an account is attacked. */
    private final LocalRateLimiter accounts =
            LocalRateLimiter.builder().maxKeys(MAX_REMEMBERED).build();

    /** Logins of addresses to accounts: without a token left, there was one. */
    private final LocalRateLimiter logins =
            LocalRateLimiter.builder().maxKeys(MAX_REMEMBERED).build();

    /**
     * What {@code config} says.
     *
     * @param replicas how many gateways there are, each of which sees its share of an attack
     */
    public BruteForce(GatewayConfig.BruteForce config, int replicas) {
        this.addressFailures = RateLimit.per(config.window(), config.addressFailures());
        this.badTokens = RateLimit.per(config.window(), config.badTokens());
        this.accountDelay = RateLimit.per(config.accountDelay(), 1);
        this.accountFailures = RateLimit.per(config.window(), Math.max(1, config.accountFailures() / replicas));
    }

    @Override
    public Set<Phase> phases() {
        return EnumSet.allOf(Phase.class);
    }

    @Override
    public List<RateLimitCheck> checks(RateLimitContext facts) {
        boolean login = facts.route().filter(Routes.LOGIN::equals).isPresent();
        return switch (facts.phase()) {
            case REQUEST ->
                login
                        ? List.of(failedLogins(facts, 0))
                        : facts.principal().isEmpty()
                                        && facts.header("Authorization").isPresent()
                                        && takesToken(facts)
                                ? List.of(badTokens(facts, 0))
                                : List.of();
            case BODY -> login ? account(facts).map(one -> wait(facts, one)).orElse(List.of()) : List.of();
            case OUTCOME ->
                login ? account(facts).map(one -> outcome(facts, one)).orElse(List.of()) : token(facts);
        };
    }

    private List<RateLimitCheck> wait(RateLimitContext facts, String account) {
        String accountAtAddress = account + "|" + address(facts);
        return isEmpty(accounts, attacked(account)) && !isEmpty(logins, loggedIn(accountAtAddress))
                ? List.of(failedAccount(accountAtAddress, 0))
                : List.of();
    }

    private List<RateLimitCheck> outcome(RateLimitContext facts, String account) {
        String accountAtAddress = account + "|" + address(facts);
        if (facts.error().isEmpty()) {
            take(logins, loggedIn(accountAtAddress));
            return List.of();
        }
        if (facts.error().get() != CommonError.UNAUTHENTICATED) {
            return List.of();
        }
        take(accounts, attacked(account));
        // A shadow, since an empty bucket must not keep the next one from being charged; both refuse nothing any more.
        return List.of(failedAccount(accountAtAddress, 1).asShadow(), failedLogins(facts, 1));
    }

    private List<RateLimitCheck> token(RateLimitContext facts) {
        return facts.error().filter(GUESSES::contains).isPresent() ? List.of(badTokens(facts, 1)) : List.of();
    }

    private static boolean takesToken(RateLimitContext facts) {
        return facts.route().filter(Routes.WITH_TOKEN::contains).isPresent();
    }

    private RateLimitCheck failedLogins(RateLimitContext facts, long cost) {
        return RateLimitCheck.of("failed-logins", address(facts), addressFailures)
                .withCost(cost);
    }

    private RateLimitCheck badTokens(RateLimitContext facts, long cost) {
        return RateLimitCheck.of("bad-tokens", address(facts), badTokens).withCost(cost);
    }

    private RateLimitCheck failedAccount(String accountAtAddress, long cost) {
        return RateLimitCheck.of("failed-account", accountAtAddress, accountDelay)
                .withCost(cost);
    }

    private RateLimitCheck attacked(String account) {
        return RateLimitCheck.of("attacked", account, accountFailures);
    }

    private static RateLimitCheck loggedIn(String accountAtAddress) {
        return RateLimitCheck.of("logged-in", accountAtAddress, RateLimit.of(Bandwidth.of(1, 1, REMEMBERED)));
    }

    private static boolean isEmpty(LocalRateLimiter limiter, RateLimitCheck check) {
        return !limiter.decide(check.withCost(0)).toCompletableFuture().join().allowed();
    }

    private static void take(LocalRateLimiter limiter, RateLimitCheck check) {
        limiter.decide(check).toCompletableFuture().join();
    }

    private static String address(RateLimitContext facts) {
        return ADDRESS.key(facts).orElseThrow();
    }

    @Override
    public String toString() {
        return "RateLimitPolicy[failed-logins, failed-account]";
    }

    /** 128 bits of the SHA-256 of the account, so that no list of buckets is a list of email addresses. */
    private static Optional<String> account(RateLimitContext facts) {
        return facts.attribute("account").map(name -> {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-256")
                        .digest(name.strip().toLowerCase(Locale.ROOT).getBytes(UTF_8));
                return "account:" + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, 16));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
