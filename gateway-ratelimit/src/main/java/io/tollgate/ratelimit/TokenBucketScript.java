package io.tollgate.ratelimit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The arguments of the scripts {@code token_bucket.lua} and {@code token_bucket_refund.lua}, and the meaning of their replies. */
final class TokenBucketScript {
    static final long NANOS_PER_TICK = 1_000;

    private static final byte[] ONE_KEY = ascii("1");

    private final PerLimit<Plan> plans = new PerLimit<>(Plan::new);
    private final String prefix;

    /**
     * Prepares scripts for one namespace of keys.
     *
     * @param namespace empty for none
     */
    TokenBucketScript(String namespace) {
        this.prefix = namespace.isEmpty() ? "" : namespace + ":";
    }

    /** Returns the arguments of {@code EVALSHA} for {@code script} and the cost of {@code check}. */
    byte[][] arguments(RedisScript script, RateLimitCheck check, byte[] bucket) {
        Plan plan = plans.of(check.limit());
        byte[][] arguments = new byte[4 + plan.limitArguments.length][];
        arguments[0] = script.sha1;
        arguments[1] = ONE_KEY;
        arguments[2] = bucket;
        arguments[3] = ascii(Long.toString(check.cost() * Bandwidth.MICROS_PER_TOKEN));
        System.arraycopy(plan.limitArguments, 0, arguments, 4, plan.limitArguments.length);
        return arguments;
    }

    /** Returns the decision on {@code check} that Redis replied with. */
    RateLimitDecision decision(RateLimitCheck check, @Nullable Object reply) {
        return read(check.limit(), check.cost(), reply).decision(check);
    }

    /**
     * Reads the reply to a decision: whole numbers with spaces between.
     *
     * @throws IllegalStateException for a reply that no bucket of this limit can have
     */
    ScriptReply read(RateLimit limit, long cost, @Nullable Object reply) {
        return ScriptReply.read(plans.of(limit).windows, cost, reply);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }

    /** Returns the key of a bucket: {@code token_bucket:{<policy>:<key>}}, the braces being a cluster's hash tag. */
    byte[] bucket(RateLimitCheck check) {
        return (prefix + "token_bucket:{" + check.policy() + ":" + RedisKeys.readable(check.key()) + "}")
                .getBytes(UTF_8);
    }

    /** The part of the arguments that is the same for all checks of a limit. */
    private static final class Plan {
        final Window[] windows;
        final byte[][] limitArguments;

        Plan(RateLimit limit) {
            windows = Window.of(limit, NANOS_PER_TICK);
            limitArguments = new byte[1 + 4 * windows.length][];
            limitArguments[0] =
                    ascii(limit.bandwidths().stream().map(Plan::text).collect(Collectors.joining(" ")));
            for (int i = 0; i < windows.length; i++) {
                Window window = windows[i];
                limitArguments[1 + 4 * i] = ascii(Long.toString(window.capacityMicros));
                limitArguments[2 + 4 * i] = ascii(Long.toString(window.credit));
                limitArguments[3 + 4 * i] = ascii(Long.toString(window.per));
                limitArguments[4 + 4 * i] = ascii(window.interval ? "i" : "g");
            }
        }

        private static String text(Bandwidth bandwidth) {
            Window window = new Window(bandwidth, NANOS_PER_TICK);
            return bandwidth.capacity() + "+" + bandwidth.refillMicros() + "/"
                    + bandwidth.period().toNanos() / NANOS_PER_TICK + (window.interval ? "i" : "");
        }
    }
}
