package io.tollgate.ratelimit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;

/**
 * Consecutive decisions that one call of {@link RedisScript#TAKE_SEVERAL} makes: they have the same limit of one greedy window,
 * and the same cost. The cost of a call in Redis and on the way to it is shared by all of them. Used by one thread.
 *
 * <p>Each decision stays on its own: its numbers, its check and its deadline. The call is short, so that Redis serves others in
 * between, and works on one call while the replies to another are read.
 */
final class SharedCall {
    /** Enough to share the cost of a call; Redis needs less than 50 microseconds for as many. */
    static final int MAX_SIZE = 16;

    /** The reply for a bucket that was not touched; this very object. */
    static final byte[] UNTOUCHED = {};

    /** The arguments before those of the limit: script, number of keys, key, cost. */
    private static final int LIMIT_AT = 4;
    /** The arguments for a limit of one window: its text, and four of the window. */
    private static final int WITH_ONE_WINDOW = LIMIT_AT + 5;

    private final List<Pending> gathered = new ArrayList<>(MAX_SIZE);

    /** Returns whether {@code next} can be part of this call. */
    boolean accepts(Pending next) {
        if (gathered.isEmpty()) {
            return true;
        }
        Pending first = gathered.get(0);
        // The arguments of a limit are made once, so those of the same limit are the same objects.
        return gathered.size() < MAX_SIZE
                && isShort(first)
                && isShort(next)
                && first.cost == next.cost
                && first.arguments[LIMIT_AT] == next.arguments[LIMIT_AT];
    }

    private static boolean isShort(Pending pending) {
        return !pending.isRefund
                && !pending.asking
                && pending.arguments.length == WITH_ONE_WINDOW
                && pending.arguments[WITH_ONE_WINDOW - 1][0] == 'g';
    }

    void add(Pending next) {
        gathered.add(next);
    }

    void clear() {
        gathered.clear();
    }

    /** Writes the decisions as one command, and is empty then. */
    void send(Connection live) {
        int size = gathered.size();
        if (size == 0) {
            return;
        }
        Pending first = gathered.get(0);
        if (size == 1) {
            sendAlone(live, first);
        } else {
            live.sendCommand(Command.EVALSHA, arguments(first, size));
        }
        gathered.clear();
    }

    static void sendAlone(Connection live, Pending pending) {
        pending.decisionsInCall = 1;
        if (pending.asking) {
            live.sendCommand(Command.ASKING);
        }
        live.sendCommand(Command.EVALSHA, pending.arguments);
    }

    private byte[][] arguments(Pending first, int size) {
        byte[][] arguments = new byte[2 + size + WITH_ONE_WINDOW - 3][];
        arguments[0] = RedisScript.TAKE_SEVERAL.sha1;
        arguments[1] = Integer.toString(size).getBytes(US_ASCII);
        for (int i = 0; i < size; i++) {
            Pending each = gathered.get(i);
            each.decisionsInCall = i == 0 ? size : 0;
            arguments[2 + i] = each.bucket;
        }
        System.arraycopy(first.arguments, 3, arguments, 2 + size, WITH_ONE_WINDOW - 3);
        return arguments;
    }

    /**
     * Reads the reply to a shared call: for each decision the reply that it would have alone; {@link #UNTOUCHED} if it
     * must be sent alone.
     *
     * @throws IllegalStateException for a reply that is no list of so many
     */
    static List<byte[]> replies(@Nullable Object reply, int size) {
        if (!(reply instanceof byte[] text)) {
            throw new IllegalStateException("reply to a shared call: "
                    + (reply == null ? "nothing" : "a " + reply.getClass().getSimpleName()) + " (expected: a string)");
        }
        List<byte[]> replies = new ArrayList<>(size);
        int start = 0;
        for (int at = 0; at <= text.length; at++) {
            if (at == text.length || text[at] == ',') {
                boolean untouched = at == start + 1 && text[start] == '-';
                replies.add(untouched ? UNTOUCHED : Arrays.copyOfRange(text, start, at));
                start = at + 1;
            }
        }
        if (replies.size() != size) {
            throw new IllegalStateException(
                    "reply to a shared call: " + replies.size() + " decisions (expected: " + size + ")");
        }
        return replies;
    }
}
