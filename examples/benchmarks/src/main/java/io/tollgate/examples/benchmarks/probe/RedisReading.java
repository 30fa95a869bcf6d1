package io.tollgate.examples.benchmarks.probe;

import redis.clients.jedis.Jedis;

/**
 * A reading of a Redis server.
 *
 * @param scripts scripts that clients have run since its start
 * @param commands all commands it has executed, scripts and what they call included
 */
public record RedisReading(long scripts, long commands) {
    private static final String PREFIX = "cmdstat_";
    private static final String CALLS = "calls=";

    /** Reads the server on {@code port} of the loopback interface. */
    public static RedisReading of(int port) {
        try (Jedis jedis = new Jedis("127.0.0.1", port)) {
            return parse(jedis.info("commandstats"));
        }
    }

    /** Returns the version of the server on {@code port}. */
    public static String version(int port) {
        try (Jedis jedis = new Jedis("127.0.0.1", port)) {
            return jedis.info("server")
                    .lines()
                    .filter(line -> line.startsWith("redis_version:"))
                    .map(line -> line.substring("redis_version:".length()).strip())
                    .findFirst()
                    .orElse("unknown");
        }
    }

    /** Adds up the calls of {@code INFO commandstats}, leaving out those of this program. */
    static RedisReading parse(String commandStats) {
        long scripts = 0;
        long commands = 0;
        for (String line : commandStats.lines().toList()) {
            if (!line.startsWith(PREFIX)) {
                continue;
            }
            String command = line.substring(PREFIX.length(), line.indexOf(':'));
            long calls = Long.parseLong(line.substring(line.indexOf(CALLS) + CALLS.length(), line.indexOf(',')));
            if (command.startsWith("eval")) {
                scripts += calls;
            }
            if (!command.equals("info")) {
                commands += calls;
            }
        }
        return new RedisReading(scripts, commands);
    }
}
