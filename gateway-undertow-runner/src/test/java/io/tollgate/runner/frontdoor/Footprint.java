package io.tollgate.runner.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import redis.clients.jedis.Jedis;

/**
 * The resources that a process of a gateway holds, as the kernel and Redis count them; the heap after a collection.
 *
 * @param redisConnections the connections of all clients of Redis but the one that counts
 */
record Footprint(int threads, int descriptors, int redisConnections, long heapKib) {
    private static final Pattern USED = Pattern.compile("(?:used |total used )(\\d+)K");

    static Footprint of(GatewayProcess gateway, int redisPort) throws IOException, InterruptedException {
        jcmd(gateway.pid(), "GC.run");
        Path process = Path.of("/proc", Long.toString(gateway.pid()));
        int connections;
        try (Jedis jedis = new Jedis("127.0.0.1", redisPort, 10_000)) {
            connections = (int) jedis.clientList().lines().count() - 1;
        }
        return new Footprint(
                count(process.resolve("task")),
                count(process.resolve("fd")),
                connections,
                heap(jcmd(gateway.pid(), "GC.heap_info")));
    }

    /** Returns whether this is no more than {@code before}, but for a few that come and go and what is cached. */
    boolean isNoMoreThan(Footprint before) {
        return threads <= before.threads + 4
                && descriptors <= before.descriptors + 8
                && redisConnections <= before.redisConnections + 2
                && heapKib <= before.heapKib * 5 / 4 + (8 << 10);
    }

    private static int count(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return (int) entries.count();
        }
    }

    /** Sums what the parts of the heap use; JDK 17 lists the classes after them. */
    private static long heap(String info) {
        long sum = 0;
        Matcher used = USED.matcher(info.split("Metaspace", 2)[0]);
        while (used.find()) {
            sum += Long.parseLong(used.group(1));
        }
        if (sum == 0) {
            throw new AssertionError("no heap in: " + info);
        }
        return sum;
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        String output = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new AssertionError(command + ": " + output);
        }
        return output;
    }

    @Override
    public String toString() {
        return threads + " threads, " + descriptors + " descriptors, " + redisConnections + " Redis connections, "
                + heapKib / 1_024 + " MiB heap";
    }
}
