package io.tollgate.examples.custompolicy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.Principal;
import io.tollgate.auth.JwtTokenService;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway as a user extends it: the real gateway.jar with this example's jar beside it, and a program around it. */
class GatewayWithPoliciesIT {
    private static final String SECRET = "a-secret-of-this-test-that-is-long-enough";
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Path GATEWAY = Path.of("..", "..", "gateway-undertow-runner", "target", "gateway.jar");
    private static final Path EXAMPLE = Path.of("target", "custom-policy-0.1.0-SNAPSHOT.jar");
    private static final Path CONFIGURATION = Path.of("config.yaml");
    private static final Pattern LISTENING = Pattern.compile("listening\\b.*?\\baddress[=\":]+[^\\s\",]*:(\\d+)");
    private static final Duration WITHIN = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void aJarBesideTheGatewaysBringsATypeOfPolicies() throws Exception {
        Path config = Files.copy(CONFIGURATION, folder.resolve("config.yaml"));
        assertThat(Files.readAllLines(config)).as("lines of YAML").hasSizeLessThanOrEqualTo(8);
        String classPath = GATEWAY.toAbsolutePath() + File.pathSeparator + EXAMPLE.toAbsolutePath();
        try (Running gateway = start(classPath, "io.tollgate.runner.Tollgate", config)) {
            assertThat(limitAndRemaining(gateway, "X-Tenant", "acme")).isEqualTo("50/49");

            replace(config, "50/s", "70/s");

            awaitLimit(gateway, "X-Tenant", "70");
        }
    }

    @Test
    void aPolicyThatCodeAddsStaysWhenTheConfigurationIsReloaded() throws Exception {
        Path config = Files.copy(CONFIGURATION, folder.resolve("config.yaml"));
        try (Running gateway =
                start(absolute(System.getProperty("java.class.path")), OwnGateway.class.getName(), config)) {
            assertThat(limitAndRemaining(gateway, "X-Writer", "ann")).isEqualTo("20/19");

            replace(config, "50/s", "70/s");
            awaitLimit(gateway, "X-Tenant", "70");

            assertThat(limitAndRemaining(gateway, "X-Writer", "bob")).isEqualTo("20/19");
            assertThat(respond(gateway, "/health", "X-Writer", "ann").headers().firstValue("Server-Timing"))
                    .isPresent();
            assertThat(respond(gateway, "/tenants/acme", "X-Writer", "ann").statusCode())
                    .isEqualTo(401);
            assertThat(respond(gateway, "/tenants/acme", "Authorization", "Bearer " + token())
                            .body())
                    .isEqualTo("user-1 asks for acme");
        }
    }

    @Test
    void aReloadWithTheNameOfAPolicyInCodeIsRejectedAndChangesNothing() throws Exception {
        Path config = Files.copy(CONFIGURATION, folder.resolve("config.yaml"));
        try (Running gateway =
                start(absolute(System.getProperty("java.class.path")), OwnGateway.class.getName(), config)) {
            assertThat(limitAndRemaining(gateway, "X-Tenant", "acme")).isEqualTo("50/49");

            replace(config, "name: tenants", "name: writers");
            Awaitility.await().atMost(WITHIN).until(() -> gateway.text().contains("two are named writers"));

            assertThat(limitAndRemaining(gateway, "X-Tenant", "globex")).isEqualTo("50/49");
            assertThat(limitAndRemaining(gateway, "X-Writer", "ann")).isEqualTo("20/19");
        }
    }

    @Test
    void aMistakeInAPolicyOfAJarIsReportedByLine() throws Exception {
        Path config = Files.copy(CONFIGURATION, folder.resolve("config.yaml"));
        replace(config, "header: X-Tenant", "haeder: X-Tenant");
        String classPath = GATEWAY.toAbsolutePath() + File.pathSeparator + EXAMPLE.toAbsolutePath();
        try (Running gateway = start(classPath, "io.tollgate.runner.Tollgate", config)) {
            assertThat(gateway.process().waitFor(WITHIN.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(gateway.process().exitValue()).isEqualTo(2);
            assertThat(gateway.text()).contains("haeder").contains("header").contains("config.yaml:5");
        }
    }

    private Running start(String classPath, String main, Path config) throws IOException {
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath,
                        main,
                        "--config",
                        config.toString()))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "JWT_SECRET_KEY", SECRET,
                        "SERVER_HTTP_HOST", "127.0.0.1",
                        "SERVER_HTTP_PORT", "0",
                        "SERVER_ADMIN_ENABLED", "false",
                        "SERVER_HTTP_GRACEFUL_SHUTDOWN_TIMEOUT", "100ms",
                        "RATE_LIMIT_DEFAULT_POLICY", "false",
                        "RATE_LIMIT_RELOAD_INTERVAL", "100ms"));
        return new Running(builder.start(), output);
    }

    /** A gateway in a process of its own. */
    private record Running(Process process, Path output) implements AutoCloseable {
        String text() throws IOException {
            return Files.readString(output);
        }

        int port() {
            return Awaitility.await()
                    .atMost(WITHIN)
                    .until(
                            () -> {
                                Matcher line = LISTENING.matcher(text());
                                if (!process.isAlive()) {
                                    throw new AssertionError("exited with " + process.exitValue() + ":\n" + text());
                                }
                                return line.find() ? Integer.parseInt(line.group(1)) : 0;
                            },
                            port -> port > 0);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private static void replace(Path file, String before, String after) throws IOException {
        Path next = Files.writeString(
                file.resolveSibling("next.yaml"), Files.readString(file).replace(before, after));
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void awaitLimit(Running gateway, String header, String limit) {
        Awaitility.await()
                .atMost(WITHIN)
                .until(() -> limitAndRemaining(gateway, header, "someone").startsWith(limit + "/"));
    }

    private static String limitAndRemaining(Running gateway, String header, String value) throws Exception {
        HttpResponse<String> response = respond(gateway, "/health", header, value);
        return response.headers().firstValue("X-RateLimit-Limit").orElse("-") + "/"
                + response.headers().firstValue("X-RateLimit-Remaining").orElse("-");
    }

    private static HttpResponse<String> respond(Running gateway, String path, String header, String value)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                .header(header, value)
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }

    private static String token() {
        return JwtTokenService.builder()
                .secret(SECRET)
                .build()
                .issue(Principal.of("user-1"))
                .toCompletableFuture()
                .join()
                .accessToken();
    }

    private static String absolute(String classPath) {
        List<String> entries = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator)) {
            entries.add(Path.of(entry).toAbsolutePath().toString());
        }
        return String.join(File.pathSeparator, entries);
    }
}
