package io.tollgate.ratelimit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;

/**
 * The reply to {@code CLUSTER SLOTS}, checked as a whole before any of it is used.
 *
 * @param masters in the order of the reply
 */
record ClusterSlots(List<Range> ranges, Set<HostAndPort> masters) {
    /** The maximum of masters that Redis recommends for a cluster. */
    static final int MAX_MASTERS = 1_000;

    private static final int MAX_HOST = 255;

    /** The slots from {@code first} to {@code last}, which {@code master} has. */
    record Range(int first, int last, HostAndPort master) {}

    /**
     * Reads a reply.
     *
     * @param asked the node that replied, which may name itself by an empty host
     * @throws IllegalStateException for a reply that no cluster can have
     */
    static ClusterSlots read(@Nullable Object reply, HostAndPort asked) {
        List<?> entries = list(reply, 1);
        List<Range> ranges = new ArrayList<>();
        Set<HostAndPort> masters = new LinkedHashSet<>();
        int slots = 0;
        for (Object each : entries) {
            List<?> entry = list(each, 3);
            int first = number(entry.get(0), 0, Protocol.CLUSTER_HASHSLOTS - 1);
            int last = number(entry.get(1), first, Protocol.CLUSTER_HASHSLOTS - 1);
            HostAndPort master = node(list(entry.get(2), 2), asked);
            slots += last - first + 1;
            masters.add(master);
            ranges.add(new Range(first, last, master));
            if (slots > Protocol.CLUSTER_HASHSLOTS || masters.size() > MAX_MASTERS) {
                throw new IllegalStateException("slots: " + slots + " on " + masters.size() + " masters (expected: "
                        + Protocol.CLUSTER_HASHSLOTS + " at most, on " + MAX_MASTERS + " at most)");
            }
        }
        return new ClusterSlots(ranges, masters);
    }

    private static HostAndPort node(List<?> address, HostAndPort asked) {
        int port = number(address.get(1), 1, 65_535);
        Object host = address.get(0);
        if (host == null) {
            return new HostAndPort(asked.getHost(), port);
        }
        if (!(host instanceof byte[] name) || name.length > MAX_HOST) {
            throw new IllegalStateException("host: a " + host.getClass().getSimpleName() + " (expected: a host name)");
        }
        String text = new String(name, US_ASCII);
        // A node that does not know its name or address is where it was asked.
        return new HostAndPort(text.isEmpty() || "?".equals(text) ? asked.getHost() : checkedHost(text), port);
    }

    /** Returns {@code host} if it may be the name or the address of a host. */
    static String checkedHost(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '/' || c == '@') {
                throw new IllegalStateException("host: a name with character " + (int) c + " (expected: a host name)");
            }
        }
        if (host.isEmpty() || host.length() > MAX_HOST) {
            throw new IllegalStateException("host: " + host.length() + " characters (expected: 1 to " + MAX_HOST + ")");
        }
        return host;
    }

    private static List<?> list(@Nullable Object reply, int least) {
        if (!(reply instanceof List<?> list) || list.size() < least) {
            throw new IllegalStateException("reply: "
                    + (reply == null ? "nothing" : "a " + reply.getClass().getSimpleName())
                    + " (expected: an array of " + least + " or more)");
        }
        return list;
    }

    private static int number(@Nullable Object reply, int least, int most) {
        if (!(reply instanceof Long number) || number < least || number > most) {
            throw new IllegalStateException("number: " + (reply instanceof Long ? reply : "none") + " (expected: "
                    + least + " to " + most + ")");
        }
        return number.intValue();
    }
}
