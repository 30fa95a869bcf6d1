package io.tollgate.examples.benchmarks.limiter;

import com.sun.management.OperatingSystemMXBean;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.embedded.core.ExecutableProvider;

/**
 * Drives contenders, one after the other, against a redis-server of its own, and tells decisions per second, latency, and
 * what a decision costs in processor time on either side. Arguments: seconds, keys, decisions in flight, contenders.
 */
public final class RedisDriver {
    private static final int SLOTS = 4_000_000;

    private final Contender contender;
    private final String[] keys;
    private final LongAdder decisions = new LongAdder();
    private final LongAdder failures = new LongAdder();
    /** How many decisions took so many microseconds. */
    private final AtomicIntegerArray latencies = new AtomicIntegerArray(SLOTS);

    private volatile boolean running = true;

    private RedisDriver(Contender contender, int keyCount) {
        this.contender = contender;
        this.keys = new String[keyCount];
        Arrays.setAll(keys, i -> "user:" + i);
    }

    /** Runs the contenders. */
    public static void main(String[] args) throws Exception {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        int keyCount = args.length > 1 ? Integer.parseInt(args[1]) : 1_000;
        int inFlight = args.length > 2 ? Integer.parseInt(args[2]) : 64;
        String[] names = args.length > 3
                ? Arrays.copyOfRange(args, 3, args.length)
                : new String[] {"bucket4j-jedis", "bucket4j-lettuce", "lettuce-script", "tollgate"};
        System.out.printf("%d keys, %d in flight, %d s each%n", keyCount, inFlight, seconds);
        System.out.println("contender          decisions/s  p50 us   p99 us  client CPU us  Redis CPU us  failed");
        for (String name : names) {
            int port = freePort();
            Process redis = startRedis(port);
            try (Contender contender = Contender.of(name, port, inFlight)) {
                new RedisDriver(contender, keyCount).run(name, port, seconds, inFlight);
            } finally {
                redis.destroy();
                redis.waitFor();
            }
        }
        System.exit(0);
    }

    private void run(String name, int port, int seconds, int inFlight) throws Exception {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        CompletableFuture.allOf(contender.decide("warm").toCompletableFuture()).get();
        for (int i = 0; i < inFlight; i++) {
            next();
        }
        Thread.sleep(seconds * 1_000L);
        for (int i = 0; i < SLOTS; i++) {
            latencies.set(i, 0);
        }
        long count = decisions.sum();
        double redisCpu = redisCpuSeconds(port);
        long cpu = system.getProcessCpuTime();
        long start = System.nanoTime();
        Thread.sleep(seconds * 1_000L);
        double took = (System.nanoTime() - start) / 1e9;
        cpu = system.getProcessCpuTime() - cpu;
        redisCpu = redisCpuSeconds(port) - redisCpu;
        count = decisions.sum() - count;
        running = false;
        System.out.printf(
                Locale.ROOT,
                "%-18s %11.0f %7d %8d %14.2f %13.2f %7d%n",
                name,
                count / took,
                percentile(0.5),
                percentile(0.99),
                cpu / 1e3 / count,
                redisCpu * 1e6 / count,
                failures.sum());
    }

    /** Asks, and asks again when it is answered, without growing the stack where that is at once. */
    private void next() {
        while (running) {
            long asked = System.nanoTime();
            String key = keys[ThreadLocalRandom.current().nextInt(keys.length)];
            CompletableFuture<Boolean> decision = contender.decide(key).toCompletableFuture();
            if (!decision.isDone()) {
                CompletableFuture<Boolean> unused = decision.whenComplete((allowed, failure) -> {
                    record(asked, failure != null);
                    next();
                });
                return;
            }
            record(asked, decision.isCompletedExceptionally());
        }
    }

    private void record(long asked, boolean failed) {
        decisions.increment();
        if (failed) {
            failures.increment();
        }
        latencies.incrementAndGet((int) Math.min((System.nanoTime() - asked) / 1_000, SLOTS - 1));
    }

    private int percentile(double share) {
        long all = 0;
        for (int i = 0; i < SLOTS; i++) {
            all += latencies.get(i);
        }
        long seen = 0;
        for (int i = 0; i < SLOTS; i++) {
            seen += latencies.get(i);
            if (seen >= all * share) {
                return i;
            }
        }
        return SLOTS;
    }

    private static double redisCpuSeconds(int port) {
        try (Jedis jedis = new Jedis("127.0.0.1", port)) {
            double seconds = 0;
            for (String line : jedis.info("cpu").split("\r\n")) {
                if (line.startsWith("used_cpu_user:") || line.startsWith("used_cpu_sys:")) {
                    seconds += Double.parseDouble(line.substring(line.indexOf(':') + 1));
                }
            }
            return seconds;
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static Process startRedis(int port) throws Exception {
        File executable = ExecutableProvider.newJarResourceProvider().get();
        executable.deleteOnExit();
        Path log = Files.createTempFile("redis", ".log");
        log.toFile().deleteOnExit();
        Process redis = new ProcessBuilder(
                        executable.getPath(), "--port", String.valueOf(port), "--bind", "127.0.0.1", "--save", "")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        for (int attempt = 0; attempt < 200; attempt++) {
            try (Jedis jedis = new Jedis("127.0.0.1", port)) {
                jedis.ping();
                return redis;
            } catch (JedisException e) {
                Thread.sleep(50);
            }
        }
        redis.destroy();
        throw new IllegalStateException("redis-server does not start, see " + log);
    }
}
