package io.tollgate.ratelimit;

import io.tollgate.api.GatewayException;
import io.tollgate.api.ratelimit.RateLimitCheck;
import io.tollgate.api.ratelimit.RateLimitDecision;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/** Completes decisions and refunds with the replies of one node. Used by the thread of its lane. */
final class LaneReplies {
    private static final Logger log = LoggerFactory.getLogger(RedisLane.class);

    private final String name;
    private final RedisNodes nodes;
    private final LaneContext context;
    private final RedisCounters counters;
    private final NodeTrouble trouble;
    private final GatewayException lost;
    private @Nullable String stale;

    LaneReplies(String name, RedisNodes nodes, LaneContext context, NodeTrouble trouble, GatewayException lost) {
        this.name = name;
        this.nodes = nodes;
        this.context = context;
        this.counters = context.counters();
        this.trouble = trouble;
        this.lost = lost;
    }

    /** Returns the error of the node that another connection may not have; null if there was none. */
    @Nullable
    String stale() {
        return stale;
    }

    /** Called when replies come from a new connection. */
    void connected() {
        stale = null;
    }

    /** Completes a decision or a refund, whatever its reply is. */
    void settle(Pending pending, @Nullable Object reply, long now) {
        try {
            if (reply instanceof JedisRedirectionException redirection) {
                pending.asking = false;
                nodes.redirect(pending, redirection);
            } else if (reply instanceof JedisDataException error) {
                pending.completeExceptionally(Outages.of("Redis returned an error: " + refused(error.getMessage())));
            } else if (pending.isRefund) {
                settleRefund(pending, reply);
            } else {
                settleDecision(pending, reply, now);
            }
        } catch (RuntimeException e) {
            invalid(pending, e);
        } catch (Error e) {
            pending.completeExceptionally(lost);
            throw e;
        }
    }

    /** Completes a decision or a refund whose reply cannot be read. */
    void invalid(Pending pending, RuntimeException invalid) {
        counters.invalidReplies.increment();
        pending.completeExceptionally(Outages.of("Redis sent an invalid reply", invalid));
        context.reportInvalidReply(log, name, invalid);
    }

    private void settleDecision(Pending pending, @Nullable Object reply, long now) {
        ScriptReply read = context.script().read(pending.limit, pending.cost, reply);
        context.remember(pending, read, now);
        RateLimitCheck check = pending.check();
        // A decision that has expired has let go of its check.
        if (check != null) {
            pending.complete(read.decision(check));
        }
        trouble.worked();
    }

    private void settleRefund(Pending pending, @Nullable Object reply) {
        ScriptReply.checkRefund(reply);
        context.lastKnown().refunded(pending);
        RateLimitDecision refunded = pending.refunded();
        if (refunded != null) {
            pending.complete(refunded);
        }
    }

    private String refused(@Nullable String error) {
        if (!ErrorTexts.isAboutTheNode(error)) {
            return context.texts().of(error);
        }
        String text = trouble.refused(error);
        if (ErrorTexts.isCuredByAnotherConnection(error)) {
            stale = text;
        }
        return text;
    }
}
