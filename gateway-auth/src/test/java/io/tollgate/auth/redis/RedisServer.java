package io.tollgate.auth.redis;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisCluster;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.providers.PooledConnectionProvider;
import redis.embedded.core.ExecutableProvider;

/**
 * A real redis-server on a free port of the loopback, which keeps nothing on disk. The executable is the one that
 * embedded-redis carries, or that the system property {@code tollgate.redis.server} names.
 */
public final class RedisServer implements AutoCloseable {
    private static final File EXECUTABLE = executable();

    private final Path folder;
    private final int port;
    private final List<String> settings;
    private Process process;

    private RedisServer(Path folder, List<String> settings) {
        this.folder = folder;
        this.settings = settings;
        this.port = freePort();
    }

    /** Starts a Sentinel with these lines of configuration, in a folder where it may keep its state. */
    public static RedisServer startSentinel(Path folder, String... lines) {
        RedisServer sentinel = new RedisServer(folder, List.of());
        Path file = folder.resolve("sentinel.conf");
        try {
            Files.write(file, List.of(lines));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sentinel.launch(List.of(
                EXECUTABLE.getPath(),
                file.toString(),
                "--sentinel",
                "--port",
                "" + sentinel.port,
                "--bind",
                "127.0.0.1"));
        return sentinel;
    }

    /** Starts one that works in this folder. */
    public static RedisServer start(Path folder, String... settings) {
        RedisServer server = new RedisServer(folder, List.of(settings));
        server.launch();
        return server;
    }

    /** Starts a cluster of one node, which has every slot. */
    public static RedisServer startCluster(Path folder) {
        RedisServer server = start(folder, "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf");
        try (Jedis node = new Jedis("127.0.0.1", server.port)) {
            node.clusterAddSlots(IntStream.range(0, 16_384).toArray());
            Awaitility.await("all slots").until(() -> node.clusterInfo().contains("cluster_state:ok"));
        }
        return server;
    }

    /** Starts it, empty, where it was before. */
    public void launch() {
        List<String> command = new ArrayList<>(List.of(EXECUTABLE.getPath(), "--port", "" + port));
        command.addAll(List.of("--bind", "127.0.0.1", "--save", "", "--appendonly", "no"));
        command.addAll(List.of("--dir", folder.toString(), "--loglevel", "warning"));
        command.addAll(settings);
        launch(command);
    }

    private void launch(List<String> command) {
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("redis.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await("redis-server on port " + port)
                .atMost(Duration.ofSeconds(30))
                .until(this::answers);
    }

    /** Ends it without a word, as a crash does. */
    public void kill() {
        process.destroyForcibly().onExit().orTimeout(30, TimeUnit.SECONDS).join();
    }

    /** Stops it in the middle of whatever it does: connections stay, and nothing is answered until {@link #resume}. */
    public void suspend() {
        signal("STOP");
    }

    /** Lets it go on. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .onExit()
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** Returns a client, to be closed by the caller. */
    @SuppressWarnings("deprecation") // the one constructor that Jedis 6.0.0 to 8.0.2 have in common
    public UnifiedJedis client() {
        HostAndPort address = new HostAndPort("127.0.0.1", port);
        return new UnifiedJedis(new PooledConnectionProvider(address), 1, Duration.ofSeconds(1));
    }

    /** Returns a client of a cluster, to be closed by the caller. */
    @SuppressWarnings("deprecation") // Jedis 6.0.0 and 7.0.0 have no RedisClusterClient
    public UnifiedJedis clusterClient() {
        return new JedisCluster(new HostAndPort("127.0.0.1", port));
    }

    @Override
    public void close() {
        kill();
    }

    private boolean answers() {
        try (Jedis jedis = new Jedis("127.0.0.1", port, 500)) {
            return "PONG".equals(jedis.ping());
        } catch (JedisException notYet) {
            return false;
        }
    }

    private static int freePort() {
        // The bus of a cluster listens 10,000 above.
        while (true) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                if (socket.getLocalPort() < 55_000) {
                    return socket.getLocalPort();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static File executable() {
        String named = System.getProperty("tollgate.redis.server", "");
        if (!named.isEmpty()) {
            return new File(named);
        }
        try {
            File executable = ExecutableProvider.newJarResourceProvider().get();
            executable.deleteOnExit();
            return executable;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
