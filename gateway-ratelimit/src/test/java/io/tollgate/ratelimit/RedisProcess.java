package io.tollgate.ratelimit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.embedded.core.ExecutableProvider;

/**
 * A real redis-server on a free port of the loopback, stopped when closed. The executable is the one that embedded-redis
 * carries, or that the system property {@code tollgate.redis.server} names.
 */
final class RedisProcess implements AutoCloseable {
    private static final File EXECUTABLE = executable();

    private final int port;
    private final List<String> settings;
    private final Path directory;
    private @Nullable Process process;

    private RedisProcess(int port, List<String> settings) {
        this.port = port;
        this.settings = settings;
        try {
            this.directory = Files.createTempDirectory("tollgate-redis");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        directory.toFile().deleteOnExit();
    }

    /** Starts one that keeps nothing on disk, with these further settings. */
    static RedisProcess start(String... settings) {
        while (true) {
            RedisProcess redis = new RedisProcess(freePort(), List.of(settings));
            if (redis.launched()) {
                return redis;
            }
            redis.close();
        }
    }

    static int freePort() {
        // A cluster's bus listens 10,000 above.
        while (true) {
            try (ServerSocket socket = new ServerSocket(0)) {
                if (socket.getLocalPort() < 55_000) {
                    return socket.getLocalPort();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Starts it, empty, where it was before. */
    void launchAgain() {
        if (!launched()) {
            throw new IllegalStateException("redis-server ended; see " + directory.resolve("log"));
        }
    }

    private boolean launched() {
        List<String> command = new ArrayList<>(List.of(
                EXECUTABLE.getPath(),
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                directory.toString(),
                "--daemonize",
                "no",
                "--loglevel",
                "warning"));
        command.addAll(settings);
        return launch(command);
    }

    /** Returns whether it runs; if not, then because something else listens on the port by now. */
    private boolean launch(List<String> command) {
        try {
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
            process = started;
            Awaitility.await("redis-server on port " + port)
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !started.isAlive() || answers());
            return started.isAlive();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a sentinel on a free port; the file is its state. */
    static RedisProcess startSentinel(List<String> lines) {
        while (true) {
            RedisProcess sentinel = new RedisProcess(freePort(), List.of());
            Path file = sentinel.directory.resolve("sentinel.conf");
            try {
                Files.write(file, lines);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (sentinel.launch(List.of(
                    EXECUTABLE.getPath(),
                    file.toString(),
                    "--sentinel",
                    "--port",
                    String.valueOf(sentinel.port),
                    "--bind",
                    "127.0.0.1"))) {
                return sentinel;
            }
            sentinel.close();
        }
    }

    private boolean answers() {
        try (Jedis jedis = new Jedis("127.0.0.1", port, 500)) {
            return "PONG".equals(jedis.ping());
        } catch (JedisException e) {
            // It asks for a password, so it is there; or it is not there yet.
            return e.getMessage() != null && e.getMessage().startsWith("NOAUTH");
        }
    }

    int port() {
        return port;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    Jedis client() {
        return new Jedis("127.0.0.1", port, 10_000);
    }

    /** Waits until {@code INFO replication} has that text. Whoever is promoted or demoted may drop its clients. */
    void awaitReplication(String text) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
            try (Jedis jedis = client()) {
                return jedis.info("replication").contains(text);
            }
        });
    }

    /** Ends it without a word, as a crash does. */
    void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            try {
                running.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        process = null;
    }

    /** Stops it in the middle of whatever it does: connections stay, nothing answers. */
    void suspend() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("not running");
        }
        try {
            int status = new ProcessBuilder("kill", "-" + name, String.valueOf(running.pid()))
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill -" + name + " ended with " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
        File[] files = directory.toFile().listFiles();
        for (File file : files == null ? new File[0] : files) {
            if (!file.delete()) {
                file.deleteOnExit();
            }
        }
        if (!directory.toFile().delete()) {
            directory.toFile().deleteOnExit();
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
