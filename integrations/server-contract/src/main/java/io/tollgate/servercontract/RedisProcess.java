package io.tollgate.servercontract;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import redis.embedded.core.ExecutableProvider;

/**
 * A real redis-server on a free port of the loopback address, which keeps nothing on disk. The executable is the one that
 * embedded-redis carries, or that the system property {@code tollgate.redis.server} names.
 */
final class RedisProcess implements AutoCloseable {
    private static final File EXECUTABLE = executable();

    private final Process process;
    private final int port;

    private RedisProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static RedisProcess start(Path folder) throws IOException {
        while (true) {
            int port = freePort();
            Process process = new ProcessBuilder(
                            EXECUTABLE.getPath(),
                            "--port",
                            Integer.toString(port),
                            "--bind",
                            "127.0.0.1",
                            "--save",
                            "",
                            "--appendonly",
                            "no",
                            "--dir",
                            folder.toString(),
                            "--loglevel",
                            "warning")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("redis.log").toFile())
                    .start();
            RedisProcess redis = new RedisProcess(process, port);
            Awaitility.await("redis-server on port " + port)
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> !process.isAlive() || redis.isReady());
            if (process.isAlive()) {
                return redis;
            }
            // Something else listens on the port by now.
        }
    }

    int port() {
        return port;
    }

    /** Stops the process in the middle of its work (SIGSTOP): connections stay, and nothing replies. */
    void suspend() throws IOException {
        signal("STOP");
    }

    /** Continues the process (SIGCONT). */
    void resume() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        int status = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .onExit()
                .orTimeout(30, TimeUnit.SECONDS)
                .join()
                .exitValue();
        if (status != 0) {
            throw new IOException("kill -" + name + " ended with " + status);
        }
    }

    private boolean isReady() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            socket.setSoTimeout(500);
            socket.getOutputStream().write("PING\r\n".getBytes(US_ASCII));
            return new String(socket.getInputStream().readNBytes(5), US_ASCII).equals("+PONG");
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
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
