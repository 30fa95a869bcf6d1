package io.tollgate.auth;

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
final class LuaScript {
    private final String source;

    private LuaScript(String source) {
        this.source = source;
    }

    /** The script in that file beside this class. */
    static LuaScript load(String file) {
        try (InputStream in = LuaScript.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing from the jar");
            }
            return new LuaScript(new String(in.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it answers, always a list; all keys must be in one slot. */
    List<?> run(UnifiedJedis client, List<String> keys, List<String> arguments) {
        return (List<?>) client.eval(source, keys, arguments);
    }
}
