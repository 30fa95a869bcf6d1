package io.tollgate.auth.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tollgate.auth.refresh.BoundedReplies.Bounds;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.util.RedisInputStream;

/** Lets Jedis read anything as replies: what it makes of a reply is within the bounds, however it reads the bytes. */
class RepliesFuzzTest {
    private static final Bounds BOUNDS = new Bounds(100, 10, TimeUnit.MINUTES.toNanos(1));

    @FuzzTest
    @SuppressWarnings("deprecation") // The one way that all versions of Jedis have in common.
    void whatJedisReadsIsWithinTheBounds(byte[] bytes) {
        InputStream bounded = new BoundedReplies(new ByteArrayInputStream(bytes), BOUNDS);
        // A small buffer, so that the bounds see little more than Jedis has read.
        RedisInputStream in = new RedisInputStream(bounded, 1);
        for (int i = 0; i < 5; i++) {
            try {
                Object reply = Protocol.read(in);
                assertThat(elements(reply) - 1).as("elements").isLessThanOrEqualTo(10);
                assertThat(size(reply)).as("bytes").isLessThanOrEqualTo(100);
            } catch (JedisConnectionException e) {
                return; // The end of the stream, or a bound.
            } catch (JedisDataException | IllegalArgumentException | IndexOutOfBoundsException e) {
                // An error of Redis, or a redirection that is none.
            }
        }
    }

    private static int elements(Object reply) {
        // The pair of a map is no element of the reply; its key and its value are.
        int own = reply instanceof Map.Entry ? 0 : 1;
        return own
                + children(reply).stream().mapToInt(RepliesFuzzTest::elements).sum();
    }

    private static int size(Object reply) {
        return reply instanceof byte[] text
                ? text.length
                : children(reply).stream().mapToInt(RepliesFuzzTest::size).sum();
    }

    private static List<?> children(Object reply) {
        if (reply instanceof Map.Entry<?, ?> pair) {
            return Arrays.asList(pair.getKey(), pair.getValue());
        }
        return reply instanceof List<?> list ? list : List.of();
    }
}
