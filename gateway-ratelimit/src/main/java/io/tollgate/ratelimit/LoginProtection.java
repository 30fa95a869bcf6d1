package io.tollgate.ratelimit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.TimeSource;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Slows down clients that guess passwords, without locking owners out.
 *
 * <pre>{@code
 * RateLimitPolicy logins = LoginProtection.builder()
 *         .routes("/login")
 *         .accountAttribute("account")
 *         .build();
 * }</pre>
 *
 * <ul>
 *   <li>{@code failed-logins}: an address with too many failed logins cannot log in for a while.
 *   <li>{@code failed-account}: while an account is under attack, an address that failed to log in to it must wait
 *       before it tries again, unless it has logged in to this account before.
 * </ul>
 *
 * <p>So an account never rejects an address that has not itself failed to log in to it. An owner with the right
 * password gets in from anywhere, whatever strangers do.
 *
 * <p>Both checks are {@linkplain RateLimitCheck#reservedFor reservations}: a login takes its tokens before it is tried,
 * and gets them back unless it fails. So concurrent guesses count like sequential ones, and other errors, such as an
 * outage of the user service, cost nothing. The price: while an address has as many logins in flight as it has tokens,
 * further logins are rejected, even with the right password. For an account under attack and an address that never
 * logged in to it, that is one login at a time. A login whose client leaves before the response counts as failed.
 *
 * <p>Buckets are kept by the limiter. This object records which accounts are under attack, and which addresses have
 * logged in to them, for at most 100,000 of each.
 */
public final class LoginProtection implements RateLimitPolicy {
    /** The name of the check of an address. */
    public static final String FAILED_LOGINS = "failed-logins";
    /** The name of the check of an account at an address. */
    public static final String FAILED_ACCOUNT = "failed-account";

    private static final int MAX_KEPT = 100_000;
    private static final RateLimit ONE_LOGIN = RateLimit.of(Bandwidth.of(1, 1, Duration.ofDays(30)));

    private final Set<String> routes;
    private final String accountAttribute;
    private final Set<ErrorCode> chargedOn;
    private final RateLimit addressFailures;
    private final RateLimit accountFailures;
    private final RateLimit accountDelay;

    /** Failures of accounts: an account without a token left is under attack. */
    private final LocalRateLimiter failures;

    /** Logins of addresses to accounts: if no token is left, there was one. */
    private final LocalRateLimiter logins;

    private final LoginsInFlight inFlight;

    private LoginProtection(Builder builder) {
        this.routes = Set.copyOf(builder.routes);
        this.accountAttribute = builder.accountAttribute;
        this.chargedOn = Set.copyOf(builder.chargedOn);
        this.addressFailures = RateLimit.per(builder.window, builder.addressFailures);
        this.accountFailures = RateLimit.per(builder.window, Math.max(1, builder.accountFailures / builder.replicas));
        this.accountDelay = RateLimit.per(builder.accountDelay, 1);
        this.failures = memory(builder.time);
        this.logins = memory(builder.time);
        this.inFlight = new LoginsInFlight(builder.time, MAX_KEPT);
    }

    private static LocalRateLimiter memory(TimeSource time) {
        return LocalRateLimiter.builder().maxKeys(MAX_KEPT).time(time).build();
    }

    /** Returns a builder. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String name() {
        return FAILED_LOGINS;
    }

    @Override
    public Set<Phase> phases() {
        return EnumSet.allOf(Phase.class);
    }

    @Override
    public List<RateLimitCheck> checks(RateLimitContext context) {
        if (!context.route().map(routes::contains).orElse(false)) {
            return List.of();
        }
        return switch (context.phase()) {
            case REQUEST ->
                List.of(RateLimitCheck.of(FAILED_LOGINS, context.addressKey(), addressFailures)
                        .reservedFor(chargedOn));
            case BODY ->
                account(context)
                        .map(account -> List.of(attempt(account, context.addressKey())))
                        .orElse(List.of());
            case OUTCOME -> {
                account(context).ifPresent(account -> ended(account, context));
                yield List.of();
            }
        };
    }

    /**
     * Returns the check of an account at an address. Each failure empties its bucket, under attack or not, so that the
     * wait applies when an attack is noticed.
     */
    private RateLimitCheck attempt(String account, String address) {
        String accountAtAddress = account + "|" + address;
        RateLimitCheck check = RateLimitCheck.of(FAILED_ACCOUNT, accountAtAddress, accountDelay)
                .reservedFor(chargedOn);
        // Logins in flight count as failures, so that concurrent guesses cannot outrun the count.
        boolean attacked = inFlight.start(account) >= left(failures, attacks(account));
        return attacked && left(logins, login(accountAtAddress)) > 0 ? check : check.asShadow();
    }

    private void ended(String account, RateLimitContext context) {
        Optional<ErrorCode> error = context.error();
        if (error.isEmpty()) {
            logins.decideNow(login(account + "|" + context.addressKey()));
        } else if (chargedOn.contains(error.get())) {
            failures.decideNow(attacks(account));
        }
        inFlight.end(account);
    }

    private RateLimitCheck attacks(String account) {
        return RateLimitCheck.of("attacked", account, accountFailures);
    }

    private static RateLimitCheck login(String accountAtAddress) {
        return RateLimitCheck.of("logged-in", accountAtAddress, ONE_LOGIN);
    }

    private static long left(LocalRateLimiter memory, RateLimitCheck check) {
        return memory.decideNow(check.withCost(0)).remaining();
    }

    /** Returns 128 bits of the SHA-256 of the account, so that a list of buckets is no list of email addresses. */
    private Optional<String> account(RateLimitContext context) {
        return context.attribute(accountAttribute).map(name -> {
            byte[] digest = Sha256.digest(name.strip().toLowerCase(Locale.ROOT).getBytes(UTF_8));
            return "account:" + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, 16));
        });
    }

    @Override
    public String toString() {
        return "RateLimitPolicy[" + FAILED_LOGINS + ", " + FAILED_ACCOUNT + "]";
    }

    /** Builds a {@link LoginProtection}. Not thread-safe. */
    public static final class Builder {
        private static final Duration MAX = Duration.ofDays(365);

        private final Set<String> routes = new LinkedHashSet<>();
        private String accountAttribute = "account";
        private Set<ErrorCode> chargedOn = Set.of(CommonError.UNAUTHENTICATED);
        private Duration window = Duration.ofMinutes(15);
        private long addressFailures = 20;
        private long accountFailures = 10;
        private Duration accountDelay = Duration.ofMinutes(5);
        private int replicas = 1;
        private TimeSource time = TimeSource.system();

        private Builder() {}

        /** Adds the templates of login routes, such as {@code /api/v1/users/login}. At least one must be set. */
        public Builder routes(String... templates) {
            routes.addAll(List.of(templates));
            return this;
        }

        /** Sets the {@linkplain RateLimitContext#attribute attribute} that names the account; {@code account} by default. */
        public Builder accountAttribute(String name) {
            this.accountAttribute = requireNonNull(name, "name");
            return this;
        }

        /** Sets the errors of a failed guess, which are charged; {@link CommonError#UNAUTHENTICATED} by default. */
        public Builder chargeOnlyOn(ErrorCode first, ErrorCode... more) {
            Set<ErrorCode> errors = new LinkedHashSet<>(List.of(more));
            errors.add(requireNonNull(first, "first"));
            this.chargedOn = errors;
            return this;
        }

        /** Sets the time in which spent failures are earned again, continuously; 15 minutes by default. */
        public Builder window(Duration period) {
            this.window = checked("window", period);
            return this;
        }

        /** Sets the failed logins that an address may have in the window; 20 by default. */
        public Builder addressFailures(long failures) {
            this.addressFailures = checked("addressFailures", failures);
            return this;
        }

        /**
         * Sets the failures in the window, from all addresses, after which an account is under attack; 10 by default.
         */
        public Builder accountFailures(long failures) {
            this.accountFailures = checked("accountFailures", failures);
            return this;
        }

        /** Sets the wait of an address after it failed to log in to an account under attack; 5 minutes by default. */
        public Builder accountDelay(Duration delay) {
            this.accountDelay = checked("accountDelay", delay);
            return this;
        }

        /**
         * Sets the number of instances that share the logins, 1 to 10,000; 1 by default. Each considers an account
         * under attack after its share of the failures.
         */
        public Builder replicas(int instances) {
            this.replicas = Share.checked(instances);
            return this;
        }

        /** Sets the clocks; those of the system by default. */
        public Builder time(TimeSource source) {
            this.time = requireNonNull(source, "source");
            return this;
        }

        /**
         * Returns the policy.
         *
         * @throws IllegalStateException if no route is set
         */
        public LoginProtection build() {
            if (routes.isEmpty()) {
                throw new IllegalStateException("routes: none (expected: the templates of the routes that log in)");
            }
            return new LoginProtection(this);
        }

        private static long checked(String name, long failures) {
            if (failures < 1 || failures > Bandwidth.MAX_CAPACITY) {
                throw new IllegalArgumentException(
                        name + ": " + failures + " (expected: 1 to " + Bandwidth.MAX_CAPACITY + ")");
            }
            return failures;
        }

        private static Duration checked(String name, Duration duration) {
            if (duration.compareTo(Duration.ofMillis(1)) < 0 || duration.compareTo(MAX) > 0) {
                throw new IllegalArgumentException(name + ": " + duration + " (expected: 1 ms to 365 days)");
            }
            return duration;
        }
    }
}
