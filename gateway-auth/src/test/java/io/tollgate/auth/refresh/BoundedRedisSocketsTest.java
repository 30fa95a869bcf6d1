package io.tollgate.auth.refresh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.auth.redis.RedisServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisConnectionException;

class BoundedRedisSocketsTest {
    private static final int MAX = BoundedReplies.MAX_REPLY_BYTES;

    @Test
    void passesOnWhatARealServerReplies(@TempDir Path folder) {
        try (RedisServer server = RedisServer.start(folder);
                Jedis client = client(server.port())) {
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
                    .hasStackTraceContaining("reply of Redis: too large");
            assertThat(client.isBroken()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$2147483647\r\n",
                "$9999999999999999999999999\r\n",
                "*2147483647\r\n",
                "*9\r\n*9\r\n*9\r\n*9\r\n*9\r\n*9\r\n*9\r\n*9\r\n*9\r\n",
                "%1048576\r\n"
            })
    void failsAtAReplyThatAnnouncesTooMuch(String reply) throws Exception {
        CompletableFuture<Void> hostile;
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            hostile = CompletableFuture.runAsync(() -> serve(server, reply), task -> new Thread(task).start());
            int port = server.getLocalPort();
            assertThatThrownBy(() -> getFrom(port))
                    .isInstanceOf(JedisConnectionException.class)
                    .hasStackTraceContaining("reply of Redis: too large");
        }
        hostile.join();
    }

    @Test
    void countsEachReplyForItself() throws IOException {
        String reply = "*2\r\n$3\r\nabc\r\n:-1\r\n+OK\r\n-ERR no\r\n$-1\r\n*-1\r\n*0\r\n$0\r\n\r\n%1\r\n+a\r\n_\r\n";
        byte[] many = reply.repeat(MAX / reply.length() + 2).getBytes(US_ASCII);
        assertThat(many.length).isGreaterThan(MAX);

        for (int size : List.of(1, 2, 7, 8192)) {
            BoundedReplies bounded = new BoundedReplies(new ByteArrayInputStream(many));
            byte[] buffer = new byte[size];
            long all = 0;
            for (int read = bounded.read(buffer, 0, size); read >= 0; read = bounded.read(buffer, 0, size)) {
                all += read;
            }
            assertThat(all).isEqualTo(many.length);
        }
    }

    @Test
    void failsExactlyBeyondItsBounds() throws IOException {
        String head = "$" + (MAX - 12) + "\r\n";
        String fits = head + "x".repeat(MAX - 12) + "\r\n";
        assertThat(fits).hasSizeLessThanOrEqualTo(MAX);
        assertThat(read(fits)).isEqualTo(fits.length());
        assertThatThrownBy(() -> read("*2\r\n+" + "x".repeat(MAX) + "\r\n")).isInstanceOf(IOException.class);
        String deepest = "*1\r\n".repeat(BoundedReplies.MAX_DEPTH);
        assertThat(read(deepest + ":1\r\n")).isEqualTo(deepest.length() + 4);
        assertThatThrownBy(() -> read(deepest + "*1\r\n")).isInstanceOf(IOException.class);
        assertThat(read(deepest + "*0\r\n" + deepest + ":1\r\n")).isPositive();
    }

    private static long read(String replies) throws IOException {
        BoundedReplies bounded = new BoundedReplies(new ByteArrayInputStream(replies.getBytes(US_ASCII)));
        long all = 0;
        while (bounded.read() >= 0) {
            all++;
        }
        return all;
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

    private static void getFrom(int port) {
        try (Jedis client = client(port)) {
            client.get("a");
        }
    }

    private static Jedis client(int port) {
        JedisClientConfig config =
                DefaultJedisClientConfig.builder().timeoutMillis(30_000).build();
        return new Jedis(
                new BoundedRedisSockets(new DefaultJedisSocketFactory(new HostAndPort("127.0.0.1", port), config)),
                config);
    }
}
