package io.tollgate.ratelimit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;

/** A Lua script for Redis: its text, and the digest by which it is called. */
final class RedisScript {
    /** Takes tokens. */
    static final RedisScript TAKE = new RedisScript("token_bucket.lua");

    /** Gives tokens back. */
    static final RedisScript REFUND = new RedisScript("token_bucket_refund.lua");

    /** Takes tokens from several buckets. */
    static final RedisScript TAKE_SEVERAL = new RedisScript("token_bucket_several.lua");

    /** The scripts that a node must have. */
    static final List<RedisScript> ALL = List.of(TAKE, TAKE_SEVERAL, REFUND);

    private static final byte[] LOAD = {'L', 'O', 'A', 'D'};
    private static final String SHARED_PART = "token_bucket_windows.lua";

    final byte[] source;
    final byte[] sha1;

    private RedisScript(String name) {
        this.source = read(name)
                .replace("-- include " + SHARED_PART + "\n", read(SHARED_PART))
                .getBytes(UTF_8);
        try {
            this.sha1 = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(source))
                    .getBytes(US_ASCII);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    /** Sends the commands that load all scripts; {@link #awaitAll} must follow. */
    static void sendAll(Connection to) {
        for (RedisScript each : ALL) {
            to.sendCommand(Command.SCRIPT, LOAD, each.source);
        }
    }

    /** Waits until the node has all scripts. */
    static void awaitAll(Connection from) {
        for (int i = 0; i < ALL.size(); i++) {
            from.getOne();
        }
    }

    private static String read(String name) {
        try (InputStream in = RedisScript.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(
                        name + ": not in the jar (expected: beside " + RedisScript.class.getName() + ")");
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
