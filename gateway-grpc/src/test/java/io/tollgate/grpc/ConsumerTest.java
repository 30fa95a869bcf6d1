package io.tollgate.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.tollgate.api.CommonError;
import io.tollgate.api.FieldViolation;
import io.tollgate.api.GatewayException;
import io.tollgate.grpc.user.LoginResponse;
import io.tollgate.grpc.user.User;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that use this module as their users run them: compiled against it, in a JVM of their own. */
class ConsumerTest {
    private static final Path SOURCES = Path.of("src", "test", "consumer");
    private static final String MAIN = "consumer.Consumer";

    @TempDir
    Path folder;

    private final TestServer server = new TestServer();

    @BeforeEach
    void serve() {
        server.login = TestServer.answering(LoginResponse.newBuilder()
                .setUser(User.newBuilder()
                        .setId("u-1")
                        .setCreatedAt(Timestamp.newBuilder().setSeconds(1_700_000_000)))
                .build());
        server.purchase = (request, observer) -> observer.onError(
                GrpcErrors.toStatusRuntimeException(GatewayException.builder(CommonError.INVALID_REQUEST, "no")
                        .violations(List.of(new FieldViolation("seat", "TAKEN", "is taken")))
                        .retryAfter(Duration.ofSeconds(3))
                        .build()));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void runsOnTheModulePath() throws Exception {
        String path = joined(classPath());
        compile("--module-path", path, SOURCES.resolve("module-info.java").toString());

        assertThat(run("--module-path", folder + File.pathSeparator + path, "--module", "consumer/" + MAIN))
                .containsSubsequence(expected())
                .contains("protobuf 4", "modules true true");
    }

    /**
     * Maven takes the version of protobuf-java that it meets first, so that {@code grpc-protobuf} declared before
     * {@code gateway-grpc} brings an older one than ours.
     */
    @Test
    void runsWithTheProtobufThatGrpcBrings() throws Exception {
        List<Path> path = new ArrayList<>(classPath());
        assertThat(path.removeIf(entry -> entry.getFileName().toString().startsWith("protobuf-java-4.")))
                .isTrue();
        path.add(Path.of("target", "oldest-protobuf", "protobuf-java.jar"));
        compile("--class-path", joined(path));
        path.add(folder);

        assertThat(run("--class-path", joined(path), MAIN))
                .containsSubsequence(expected())
                .contains("protobuf 3", "modules false false");
    }

    private static List<String> expected() {
        return List.of(
                "stub u-1",
                "call u-1",
                "client 2023-11-14T22:13:20Z",
                "failed INVALID_REQUEST [FieldViolation[field=seat, code=TAKEN, message=is taken]] Optional[PT3S]",
                "status INVALID_ARGUMENT 2");
    }

    private void compile(String... options) {
        List<String> arguments = new ArrayList<>(List.of("-d", folder.toString()));
        arguments.addAll(List.of(options));
        arguments.add(SOURCES.resolve("consumer").resolve("Consumer.java").toString());
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
    }

    /** Returns the lines that the program prints. */
    private List<String> run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(arguments));
        command.add(Integer.toString(server.port()));
        Path output = folder.resolve("output.txt");
        Process program = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(program.waitFor(90, TimeUnit.SECONDS)).isTrue();
        } finally {
            program.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(output, UTF_8);
        assertThat(program.exitValue()).as("%s", lines).isZero();
        return lines;
    }

    /** Returns everything on the class path that ships. The jars of Jazzer share packages, which modules cannot. */
    private static List<Path> classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.endsWith("test-classes"))
                .map(Path::of)
                .filter(entry -> !entry.getFileName().toString().startsWith("jazzer"))
                .filter(Files::exists)
                .toList();
    }

    private static String joined(List<Path> path) {
        return path.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }
}
