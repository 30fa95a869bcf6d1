package io.tollgate.auth.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import redis.clients.jedis.UnifiedJedis;

/**
 * A script that Redis runs as one step. It is sent with each call, so that a server that has restarted knows it; Redis
 * compiles it once.
 */
public final class LuaScript {
    private final String source;

    private LuaScript(String source) {
        this.source = source;
    }

    /** Returns the script in the file beside {@code user}. */
    public static LuaScript load(Class<?> user, String file) {
        try (InputStream in = user.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + ": not in the jar (expected: beside " + user.getName() + ")");
            }
            return new LuaScript(new String(in.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the script and returns its reply, which must be a list; all keys must be in one slot. Blocks. */
    public List<?> run(UnifiedJedis client, List<String> keys, List<String> arguments) {
        return (List<?>) client.eval(source, keys, arguments);
    }
}
