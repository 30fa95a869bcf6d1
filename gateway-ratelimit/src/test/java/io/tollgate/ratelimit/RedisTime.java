package io.tollgate.ratelimit;

import java.time.Duration;
import java.util.List;
import redis.clients.jedis.Jedis;

/** Lets time pass for the buckets of a Redis, by moving all of them into the past. */
final class RedisTime {
    private static final String SHIFT = """
            for _, key in ipairs(redis.call('KEYS', '*token_bucket:*')) do
              local fields = redis.call('HKEYS', key)
              for _, field in ipairs(fields) do
                if string.find(field, '^updated_us') then
                  redis.call('HINCRBY', key, field, -ARGV[1])
                end
              end
              redis.call('PEXPIRE', key, math.floor(redis.call('PTTL', key) - ARGV[1] / 1000))
            end
            """;

    private RedisTime() {}

    static void advance(RedisProcess redis, Duration by) {
        try (Jedis jedis = redis.client()) {
            jedis.eval(SHIFT, List.of(), List.of(String.valueOf(by.toNanos() / 1000)));
        }
    }
}
