package io.tollgate.auth.refresh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.auth.redis.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisConnectionException;

class BoundedRedisSocketsTest {
    private static final int MAX = BoundedRedisSockets.MAX_REPLY_BYTES;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void passesOnWhatARealServerReplies(@TempDir Path folder) {
        try (RedisServer server = RedisServer.start(folder);
                Jedis client = client(server.port(), MINUTE)) {
            assertThat(client.ping()).isEqualTo("PONG");
            assertThat(client.get("none")).isNull();
            client.set("large", "x".repeat(MAX - 100));
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("large")).hasSize(MAX - 100);
            }
            client.rpush("list", "a", "b");
            assertThat(client.lrange("list", 0, -1)).containsExactly("a", "b");
            assertThat(client.lrange("none", 0, -1)).isEmpty();
            assertThat(client.eval("return {1, {'a', {false, {}}}, {}}"))
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .hasSize(3);

            client.append("large", "y".repeat(200));
            assertThatThrownBy(() -> client.get("large"))
                    .isInstanceOf(JedisConnectionException.class)
                    .hasStackTraceContaining("a reply of more than 1048576 bytes");
            assertThat(client.isBroken()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "$2147483647~, a reply of more than 1048576 bytes",
        "$9999999999999999999999999~, not RESP: a number with byte 57 after 19 digits",
        "$100000000-~, not RESP: a number with byte 45 after 9 digits",
        "$100000::::~, not RESP: a number with byte 58 after 6 digits",
        "*2147483647~, a reply of more than 65536 elements",
        "*60000~*60000~, a reply of more than 65536 elements",
        "*9~*9~*9~*9~*9~*9~*9~*9~*9~, a reply of more than 8 nested arrays",
        "%1048576~, a reply of more than 65536 elements",
        "'+aaaa^+aaaa^', not RESP: a line feed within a line",
    })
    void failsAtAReplyThatAnnouncesTooMuch(String announced, String message) throws Exception {
        String reply = announced.replace("~", "\r\n").replace('^', '\n');
        CompletableFuture<Void> hostile;
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            hostile = CompletableFuture.runAsync(() -> serve(server, reply), task -> new Thread(task).start());
            int port = server.getLocalPort();
            assertThatThrownBy(() -> getFrom(port, MINUTE))
                    .isInstanceOf(JedisConnectionException.class)
                    .hasStackTraceContaining(message);
        }
        hostile.join();
    }

    @Test
    void failsAtAReplyThatTricklesThoughEveryByteIsInTime() throws Exception {
        CompletableFuture<Void> hostile;
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            hostile = CompletableFuture.runAsync(() -> trickle(server), task -> new Thread(task).start());
            int port = server.getLocalPort();
            assertThatThrownBy(() -> getFrom(port, Duration.ofMillis(50)))
                    .isInstanceOf(JedisConnectionException.class)
                    .hasStackTraceContaining("a reply took longer than 50 ms");
        }
        hostile.join();
    }

    /** Replies to everything with the same. */
    private static void serve(ServerSocket server, String reply) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                if (client.getInputStream().read() >= 0) {
                    client.getOutputStream().write(reply.getBytes(US_ASCII));
                    client.getOutputStream().flush();
                    client.getInputStream().readAllBytes();
                }
            } catch (IOException e) {
                // Closed, by the client or by the test.
            }
        }
    }

    /** Replies with a string of 1 MiB, one byte at a time, until the client leaves. */
    private static void trickle(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                client.getOutputStream().write(("$" + MAX + "\r\n").getBytes(US_ASCII));
                for (int i = 0; i < MAX; i++) {
                    client.getOutputStream().write('x');
                    client.getOutputStream().flush();
                    Thread.onSpinWait();
                }
            } catch (IOException e) {
                // Closed, by the client or by the test.
            }
        }
    }

    private static void getFrom(int port, Duration replyTimeout) {
        try (Jedis client = client(port, replyTimeout)) {
            client.get("a");
        }
    }

    private static Jedis client(int port, Duration replyTimeout) {
        JedisClientConfig config =
                DefaultJedisClientConfig.builder().timeoutMillis(30_000).build();
        return new Jedis(
                new BoundedRedisSockets(
                        new DefaultJedisSocketFactory(new HostAndPort("127.0.0.1", port), config), replyTimeout),
                config);
    }
}
