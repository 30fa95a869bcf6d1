package io.tollgate.examples.benchmarks.gateway;

import io.tollgate.examples.benchmarks.command.Jvm;
import io.tollgate.examples.benchmarks.probe.JvmProbe;
import io.tollgate.examples.benchmarks.process.Await;
import io.tollgate.examples.benchmarks.process.ChildProcess;
import io.tollgate.examples.benchmarks.process.ChildProcess.Output;
import io.tollgate.examples.benchmarks.process.Ports;
import io.tollgate.examples.benchmarks.server.Backend;
import io.tollgate.examples.benchmarks.server.Floor;
import io.tollgate.examples.benchmarks.server.TraceSink;
import io.tollgate.examples.benchmarks.transcoding.AnnotatedOrders;
import io.tollgate.testkit.TestAuthority;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import redis.clients.jedis.Jedis;
import redis.embedded.core.ExecutableProvider;

/**
 * All processes of a benchmark but the load generators: Redis, the backend, an OTLP endpoint, and the processes under
 * test. They listen on free ports of the loopback interface and end with the benchmark.
 */
final class TestBed implements AutoCloseable {
    static final String SECRET = "a-secret-of-the-benchmark-that-is-long-enough-for-hs256";

    private static final Duration STARTS_WITHIN = Duration.ofSeconds(30);

    private final Path folder;
    private final TokenWriter tokens;
    private final int redisPort = Ports.free();
    private final int backendPort = Ports.free();
    private final ChildProcess redis;
    private final ChildProcess backend;
    private final TraceSink traces;
    private final List<Target> targets = new ArrayList<>();

    /** Starts what the processes under test need; {@code redisServer} is empty for the executable that the build brings. */
    TestBed(Path folder, String redisServer) throws IOException, TimeoutException {
        this.folder = Files.createDirectories(folder);
        this.tokens = new TokenWriter(folder, SECRET);
        this.redis = ChildProcess.start(
                "redis-server",
                folder,
                Map.of(),
                Output.KEPT,
                List.of(
                        redisServer.isEmpty() ? embeddedRedis() : redisServer,
                        "--port",
                        Integer.toString(redisPort),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        ""));
        Await.until("redis-server responds", STARTS_WITHIN, () -> {
            redis.requireAlive();
            try (Jedis jedis = new Jedis("127.0.0.1", redisPort)) {
                return jedis.ping().equals("PONG");
            }
        });
        this.backend = ChildProcess.start(
                "backend", folder, Map.of(), Output.KEPT, Jvm.runs(Backend.class, Integer.toString(backendPort)));
        backend.awaitPort(backendPort);
        this.traces = TraceSink.start();
    }

    TokenWriter tokens() {
        return tokens;
    }

    int redisPort() {
        return redisPort;
    }

    TraceSink traces() {
        return traces;
    }

    /** Returns all processes that the benchmark knows, its own included. */
    LongStream pids() {
        return LongStream.concat(
                LongStream.of(ProcessHandle.current().pid(), redis.pid(), backend.pid()),
                targets.stream().mapToLong(target -> target.process().pid()));
    }

    /**
     * Starts a process under test.
     *
     * @param name what reports call it
     * @param jar the gateway's or the peer's jar; not used for floors
     */
    Target start(Subject subject, String name, Path jar) throws IOException, TimeoutException {
        int port = Ports.free();
        ChildProcess process = switch (subject.kind()) {
            case GATEWAY ->
                ChildProcess.start(id(name), folder, gateway(subject, port), Output.DISCARDED, Jvm.runs(jar));
            case PEER -> ChildProcess.start(id(name), folder, peer(port), Output.KEPT, Jvm.runs(jar));
            case CONSTANT_FLOOR ->
                ChildProcess.start(
                        id(name),
                        folder,
                        Map.of(),
                        Output.KEPT,
                        Jvm.runs(Floor.class, Integer.toString(port), Floor.CONSTANT));
            case CALL_FLOOR ->
                ChildProcess.start(
                        id(name),
                        folder,
                        Map.of(),
                        Output.KEPT,
                        Jvm.runs(Floor.class, Integer.toString(port), Integer.toString(backendPort)));
        };
        process.awaitPort(port);
        Target target = new Target(name, port, subject.protocol(), process, JvmProbe.attach(process.pid()));
        targets.add(target);
        return target;
    }

    private String id(String name) {
        return targets.size() + "-" + name;
    }

    /**
     * The configuration as shipped, in production, with what a benchmark needs: limits that its few users never reach.
     */
    private Map<String, String> gateway(Subject subject, int port) throws IOException {
        Map<String, String> variables = new HashMap<>();
        variables.put("APP_ENVIRONMENT", "production");
        variables.put("SERVER_HTTP_HOST", "127.0.0.1");
        variables.put("SERVER_HTTP_PORT", Integer.toString(port));
        variables.put("SERVER_ADMIN_PORT", Integer.toString(Ports.free()));
        variables.put("SERVER_HTTP_GRACEFUL_SHUTDOWN_TIMEOUT", "0s");
        variables.put("JWT_SECRET_KEY", SECRET);
        variables.put("JWT_KEYS", "[{\"kid\":\"bench-es256\",\"file\":\"" + tokens.publicKey() + "\"}]");
        variables.put("REDIS_ENABLED", "true");
        variables.put("REDIS_HOST", "127.0.0.1");
        variables.put("REDIS_PORT", Integer.toString(redisPort));
        variables.put("REDIS_TOKEN_BUCKET_CAPACITY", "1000000000");
        for (String service : List.of("USER", "ORDER")) {
            variables.put("SERVICES_" + service + "_SERVICE_HOST", "127.0.0.1");
            variables.put("SERVICES_" + service + "_SERVICE_PORT", Integer.toString(backendPort));
        }
        if (subject == Subject.TRACED) {
            variables.put("OTEL_EXPORTER_OTLP_ENDPOINT", traces.url());
        }
        if (subject.protocol().isTls()) {
            variables.put("SERVER_HTTP_TLS_CERT", folder.resolve("tls.crt").toString());
            variables.put("SERVER_HTTP_TLS_KEY", folder.resolve("tls.key").toString());
            TestAuthority.create("Benchmark")
                    .issue("localhost", "127.0.0.1")
                    .write(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        }
        if (subject == Subject.TRANSCODED) {
            variables.put("TRANSCODING_SERVICES", AnnotatedOrders.services(folder, backendPort));
        }
        variables.putAll(subject.variables());
        return variables;
    }

    private Map<String, String> peer(int port) {
        return Map.of(
                "SERVER_PORT", Integer.toString(port),
                "SPRING_DATA_REDIS_PORT", Integer.toString(redisPort),
                "PEER_BACKEND_PORT", Integer.toString(backendPort),
                "PEER_SECRET", SECRET);
    }

    private static String embeddedRedis() throws IOException {
        File executable = ExecutableProvider.newJarResourceProvider().get();
        executable.deleteOnExit();
        return executable.getPath();
    }

    @Override
    public void close() throws IOException {
        for (Target target : targets) {
            target.close();
        }
        traces.close();
        backend.close();
        redis.close();
        tokens.deleteAll();
    }
}
