package io.tollgate.examples.benchmarks.embedded;

import io.tollgate.examples.benchmarks.command.Jvm;
import io.tollgate.examples.benchmarks.embedded.Server.Protocol;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The servers among the tests of the examples, each with the class path of its own module, since their versions conflict. */
final class ExampleServers {
    /** Written by {@code make bench-embedded} into the folder {@code target} of each example. */
    private static final String CLASS_PATH = "bench.classpath";

    private static final String PACKAGE = "io.tollgate.examples.";

    private final Path examples;
    private final String java;

    private ExampleServers(Path examples, String java) {
        this.examples = examples;
        this.java = java;
    }

    /**
     * Returns all servers; another one is another line.
     *
     * @param examples the folder of the examples
     * @param jdk21 the home of a JDK 21 or newer for Helidon, which is left out without it
     */
    static List<Server> of(Path examples, Optional<Path> jdk21) {
        ExampleServers same = new ExampleServers(examples, Jvm.executable());
        List<Server> servers = new ArrayList<>(List.of(
                same.server("jdk", Protocol.HTTP, "embed-jdk", "embed.MeasuredServer"),
                same.server("jetty", Protocol.HTTP, "embed-servlet", "servlet.MeasuredJetty"),
                same.server("tomcat", Protocol.HTTP, "embed-servlet", "servlet.MeasuredTomcat"),
                same.server("netty", Protocol.HTTP, "embed-netty", "netty.MeasuredServer"),
                same.server("vertx", Protocol.HTTP, "embed-vertx", "vertx.MeasuredServer"),
                same.server("javalin", Protocol.HTTP, "embed-javalin", "javalin.MeasuredServer"),
                same.server("grpc", Protocol.GRPC, "embed-grpc", "grpc.MeasuredServer")));
        jdk21.map(home -> new ExampleServers(
                        examples, home.resolve("bin").resolve("java").toString()))
                .map(newer -> newer.server("helidon", Protocol.HTTP, "embed-helidon", "helidon.MeasuredServer"))
                .ifPresent(servers::add);
        return List.copyOf(servers);
    }

    private Server server(String name, Protocol protocol, String module, String program) {
        return new Server(
                name,
                protocol,
                Server.USUAL,
                args -> Stream.concat(
                                Jvm.runs(java, classPath(examples.resolve(module)), PACKAGE + program).stream(),
                                Stream.of(args))
                        .toList());
    }

    private static String classPath(Path module) {
        Path target = module.resolve("target");
        Path file = target.resolve(CLASS_PATH);
        if (!Files.exists(file)) {
            throw new IllegalArgumentException(file + ": missing (expected: written by make bench-embedded)");
        }
        try {
            return String.join(
                    File.pathSeparator,
                    target.resolve("test-classes").toString(),
                    target.resolve("classes").toString(),
                    Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
