package io.tollgate.runner.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tollgate.api.http.AddressRange;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.config.ConfigException;
import io.tollgate.config.ConfigProblem;
import io.tollgate.grpc.LoadBalancing;
import io.tollgate.runner.config.GatewayConfig.HostPort;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
    private static final Path GIVEN_FILE = Path.of("..", "config.yaml");

    @TempDir
    Path folder;

    @Test
    void readsTheGivenFileAsItStands() {
        GatewayConfig config =
                ConfigLoader.load(Optional.of(GIVEN_FILE), Map.of()).config();

        assertThat(config.app())
                .isEqualTo(new GatewayConfig.App("booking-tickets-api-gateway", "1.0.0", Environment.DEVELOPMENT));
        assertThat(config.server().http().host()).isEqualTo("0.0.0.0");
        assertThat(config.server().http().port()).isEqualTo(8080);
        assertThat(config.server().http().readTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.server().http().writeTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.server().http().idleTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.server().http().gracefulShutdownTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.jwt().secretKey().orElseThrow().value())
                .isEqualTo("your-secret-key-change-in-production-super-secure-32-chars-minimum-2024");
        assertThat(config.redis().enabled()).isTrue();
        assertThat(config.redis().host()).isEqualTo("localhost");
        assertThat(config.redis().port()).isEqualTo(6379);
        assertThat(config.redis().db()).isZero();
        assertThat(config.redis().tokenBucket())
                .isEqualTo(Bandwidth.ofRate(100, new BigDecimal("1.67"), Duration.ofMinutes(1)));
        GatewayConfig.Grpc grpc = new GatewayConfig.Grpc(Duration.ofSeconds(30), Duration.ofSeconds(5), true);
        assertThat(config.services().userService()).isEqualTo(service("user-service", 50051, grpc));
        assertThat(config.services().orderService()).isEqualTo(service("order-service", 50052, grpc));
    }

    private static GatewayConfig.Service service(String name, int port, GatewayConfig.Grpc grpc) {
        return new GatewayConfig.Service(
                name,
                List.of(new GatewayConfig.HostPort("localhost", port)),
                LoadBalancing.ROUND_ROBIN,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                true,
                10,
                grpc,
                Optional.of(""),
                Optional.empty(),
                Optional.empty(),
                false);
    }

    @Test
    void warnsOfTheSampleSecretInDevelopment() {
        LoadedConfig loaded = ConfigLoader.load(Optional.of(GIVEN_FILE), Map.of());

        assertThat(loaded.warnings()).singleElement().asString().contains("jwt.secret_key is the sample secret");
    }

    @Test
    void refusesTheSampleSecretInProduction() {
        assertThat(problems(GIVEN_FILE, Map.of("APP_ENVIRONMENT", "production")))
                .singleElement()
                .asString()
                .startsWith(GIVEN_FILE + ":16: jwt.secret_key: the sample secret")
                .doesNotContain("your-secret-key");
    }

    @Test
    void prefersTheEnvironmentToTheFileAndTheFileToDefaults() throws IOException {
        Path file = file(
                "config.yaml", "app: {name: from-file, version: from-file}\njwt: {secret_key: " + Samples.SECRET + "}");

        GatewayConfig config = ConfigLoader.load(Optional.of(file), Map.of("APP_NAME", "from-environment"))
                .config();

        assertThat(config.app().name()).isEqualTo("from-environment");
        assertThat(config.app().version()).isEqualTo("from-file");
        assertThat(config.app().environment()).isEqualTo(Environment.DEVELOPMENT);
    }

    @Test
    void ignoresBlankVariablesAndThoseOfNoKey() {
        Map<String, String> environment = Map.of(
                "JWT_SECRET_KEY", Samples.SECRET,
                "SERVER_HTTP_PORT", "",
                "REDIS_HOST", "  ",
                "REDIS_SERVICE_HOST", "10.0.0.1",
                "PATH", "/bin");

        GatewayConfig config = ConfigLoader.load(Optional.empty(), environment).config();

        assertThat(config).isEqualTo(GatewayConfig.of(Map.of("jwt.secret_key", Samples.SECRET)));
    }

    @Test
    void needsNothingButASecret() {
        assertThat(problems(Map.of()))
                .singleElement()
                .asString()
                .startsWith("configuration: jwt.secret_key: missing")
                .contains("export JWT_SECRET_KEY=\"$(openssl rand -base64 48)\"");
    }

    @Test
    void reportsAllProblemsAtOnceInTheOrderOfTheFile() throws IOException {
        Path file = file("config.yaml", """
                app:
                  environment: prod
                server:
                  http:
                    port: eighty
                    read_timeout: 30
                    trusted_proxies: [10.0.0.0/8, 10.0.0.1/8]
                    prot: 1
                jwt:
                  secret_key: too-short
                redis:
                  port: 70000
                """);

        List<String> problems = problems(file, Map.of("REDIS_DB", "-1", "CORS_ALLOW_CREDENTIALS", "true"));

        assertThat(problems)
                .containsExactly(
                        file + ":2: app.environment: prod (expected: development, test, staging, production)",
                        file + ":5: server.http.port: eighty (expected: a port, 1 to 65535, or 0 for any free one)",
                        file + ":6: server.http.read_timeout: 30 (expected: a duration with its unit, 10ms to 1h)",
                        file + ":7: server.http.trusted_proxies: 10.0.0.1/8 (expected: a list, each an address, or a"
                                + " network such as 10.0.0.0/8 with no bits beyond its prefix)",
                        file + ":8: server.http.prot: unknown key (did you mean server.http.port?)",
                        file + ":10: jwt.secret_key: a secret of 9 bytes (expected: a secret of 32 to 4096 bytes)",
                        file + ":12: redis.port: 70000 (expected: a port, 1 to 65535)",
                        "variable REDIS_DB: redis.db: -1 (expected: a number, 0 to 65535)",
                        "variable CORS_ALLOW_CREDENTIALS: cors.allow_credentials: true (expected: false while"
                                + " cors.allowed_origins is *, or a list of origins there)");
    }

    @Test
    void namesEveryElementOfAListThatIsWrong() throws IOException {
        assertThat(problems(Map.of("JWT_SECRET_KEY", Samples.SECRET, "REDIS_NODES", "r1:6379, r2, r3:0, r4:6379")))
                .containsExactly("variable REDIS_NODES: redis.nodes: r2, r3:0 (expected: a list, each host:port)");
        Path file = file("config.yaml", "server: {http: {trusted_proxies: [10.0.0.0/8, proxy, 10.0.0.1/8]}}");
        assertThat(problems(file, Map.of("JWT_SECRET_KEY", Samples.SECRET)))
                .singleElement()
                .asString()
                .startsWith(file + ":1: server.http.trusted_proxies: proxy, 10.0.0.1/8 (expected: a list, each ");
    }

    @Test
    void warnsOfAVariableThatIsNearlyThatOfAKey() {
        LoadedConfig loaded = ConfigLoader.load(
                Optional.empty(),
                Map.of(
                        "JWT_SECRET_KEY", Samples.SECRET,
                        "SERVER_HTTP_PROT", "1",
                        "REDIS_PASWORD", "marked",
                        "RATE_LIMIT_REPLICA", "2",
                        "LOG_LEVLE", "debug",
                        "SERVICES_ORDER_SERVICE_HOTS", "orders"));

        assertThat(loaded.warnings())
                .containsExactly(
                        "variable LOG_LEVLE: belongs to no key (did you mean LOG_LEVEL?)",
                        "variable RATE_LIMIT_REPLICA: belongs to no key (did you mean RATE_LIMIT_REPLICAS?)",
                        "variable REDIS_PASWORD: belongs to no key (did you mean REDIS_PASSWORD?)",
                        "variable SERVER_HTTP_PROT: belongs to no key (did you mean SERVER_HTTP_PORT?)",
                        "variable SERVICES_ORDER_SERVICE_HOTS: belongs to no key (did you mean"
                                + " SERVICES_ORDER_SERVICE_HOST?)");
    }

    @Test
    void namesSuchAVariableBesideWhatIsMissing() {
        assertThat(problems(Map.of("JWT_SECERT_KEY", Samples.SECRET)))
                .hasSize(2)
                .contains("variable JWT_SECERT_KEY: belongs to no key (did you mean JWT_SECRET_KEY?)")
                .noneMatch(problem -> problem.contains(Samples.SECRET));
    }

    @Test
    void doesNotWarnOfVariablesThatAClusterOrASystemSets() {
        Map<String, String> environment = new HashMap<>(Map.of("JWT_SECRET_KEY", Samples.SECRET));
        for (String service : List.of("REDIS_NODE", "SERVER_HTTP_PORTS", "SERVER_ADMIN", "LOG_LEVELS", "DOCS_UIS")) {
            environment.put(service + "_SERVICE_HOST", "10.0.0.1");
            environment.put(service + "_SERVICE_PORT", "6379");
            environment.put(service + "_SERVICE_PORT_HTTP", "6379");
            environment.put(service + "_PORT", service.equals("SERVER_ADMIN") ? "9191" : "tcp://10.0.0.1:6379");
            environment.put(service + "_PORT_6379_TCP", "tcp://10.0.0.1:6379");
            environment.put(service + "_PORT_6379_TCP_PROTO", "tcp");
            environment.put(service + "_PORT_6379_TCP_PORT", "6379");
            environment.put(service + "_PORT_6379_TCP_ADDR", "10.0.0.1");
        }
        environment.putAll(Map.of(
                "REDIS_SERVICE_HOST", "10.0.0.1",
                "REDIS_SERVICE_PORT", "6379",
                "REDIS_PORT_6379_TCP", "tcp://10.0.0.1:6379",
                "REDIS_PORT_6379_TCP_ADDR", "10.0.0.1",
                "REDIS_URL", "redis://:marked@redis",
                "REDIS_TAG", "7",
                "APP_HOME", "/app",
                "LOG_DIR", "/var/log",
                "SERVER_SOFTWARE", "x",
                "SERVER_HTTP_PROT", ""));

        assertThat(ConfigLoader.load(Optional.empty(), environment).warnings()).isEmpty();
    }

    @Test
    void rejectsANamespaceThatNoKeyShouldBeginWith() {
        assertThat(problems(Map.of("JWT_SECRET_KEY", Samples.SECRET, "REDIS_NAMESPACE", "shop:eu")))
                .containsExactly(
                        "variable REDIS_NAMESPACE: redis.namespace: shop:eu (expected: a name, [A-Za-z0-9_.-]{1,64})");
    }

    @Test
    void saysWhereAVariableOfKubernetesComesFrom() {
        assertThat(problems(Map.of("JWT_SECRET_KEY", Samples.SECRET, "REDIS_PORT", "tcp://10.0.0.1:6379")))
                .singleElement()
                .asString()
                .startsWith("variable REDIS_PORT: redis.port: tcp://10.0.0.1:6379 (expected: a port, 1 to 65535).")
                .contains("enableServiceLinks: false");
    }

    @Test
    void showsNoSecretInAnyMessage() throws IOException {
        Path file = file(
                "config.yaml",
                "jwt: {secret_key: marked-1}\nredis: {password: [marked-2]}\nserver: {admin: {token: x}}");

        assertThat(problems(file, Map.of("SERVER_ADMIN_TOKEN", "marked-3")))
                .hasSize(3)
                .noneMatch(problem -> problem.contains("marked"));
    }

    @Test
    void showsNoSecretAmongTheSettings() {
        LoadedConfig loaded = ConfigLoader.load(
                Optional.empty(), Map.of("JWT_SECRET_KEY", Samples.SECRET, "REDIS_PASSWORD", "marked-password"));

        assertThat(loaded.toString()).contains("<redacted>").doesNotContain("marked", Samples.SECRET);
    }

    @Test
    void keepsEverySpaceOfASecret() {
        String secret = " " + Samples.SECRET + "\n";

        GatewayConfig config = ConfigLoader.load(Optional.empty(), Map.of("JWT_SECRET_KEY", secret))
                .config();

        assertThat(config.jwt().secretKey().orElseThrow().value()).isEqualTo(secret);
    }

    @Test
    void showsAValueFromOutsideAsOneLine() {
        assertThat(problems(Map.of("JWT_SECRET_KEY", Samples.SECRET, "APP_NAME", "a\nb\u001b[31m")))
                .singleElement()
                .asString()
                .contains("a\\u000ab\\u001b[31m")
                .hasLineCount(1);
    }

    @Test
    void readsHoconWithVariablesIncludesAndItsOwnUnits() throws IOException {
        file("secret.conf", "jwt.secret_key = ${THE_SECRET}");
        Path file = file("gateway.conf", """
                include "secret.conf"
                server.http { port = 8081, idle_timeout = 2 minutes, max_body_size = 128k }
                server.http.host = ${?NOT_THERE}
                redis { mode = cluster, nodes = ["a:1", "b:2"] }
                """);

        GatewayConfig config = ConfigLoader.load(Optional.of(file), Map.of("THE_SECRET", Samples.SECRET))
                .config();

        assertThat(config.jwt().secretKey().orElseThrow().value()).isEqualTo(Samples.SECRET);
        assertThat(config.server().http().port()).isEqualTo(8081);
        assertThat(config.server().http().host()).isEqualTo("0.0.0.0");
        assertThat(config.server().http().idleTimeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.server().http().maxBodySize()).isEqualTo(128 * 1024);
        assertThat(config.redis().nodes()).containsExactly(new HostPort("a", 1), new HostPort("b", 2));
    }

    @Test
    void readsJson() throws IOException {
        Path file =
                file("gateway.json", "{\"jwt\": {\"secret_key\": \"" + Samples.SECRET + "\"}, \"redis\": {\"db\": 3}}");

        assertThat(ConfigLoader.load(Optional.of(file), Map.of())
                        .config()
                        .redis()
                        .db())
                .isEqualTo(3);
    }

    @Test
    void takesAnEmptyFileAndEmptySectionsAndNullForNothingSaid() throws IOException {
        GatewayConfig defaults = GatewayConfig.of(Map.of("jwt.secret_key", Samples.SECRET));
        Map<String, String> environment = Map.of("JWT_SECRET_KEY", Samples.SECRET);

        for (String content :
                List.of("", "# a comment\n", "---\n", "server:\n  http:\nredis:\n  port: ~\n  host: null\n")) {
            Path file = file("config.yaml", content);

            assertThat(ConfigLoader.load(Optional.of(file), environment).config())
                    .as(content)
                    .isEqualTo(defaults);
        }
    }

    @Test
    void takesQuotedNumbersListsOnOneLineAndDottedKeys() throws IOException {
        Path file = file("config.yaml", """
                server.http.port: "8081"
                server:
                  http: {io_threads: "2", trusted_proxies: "10.0.0.0/8, ::ffff:192.168.1.1"}
                jwt.secret_key: %s
                redis: {tls: yes, enabled: "on"}
                """.formatted(Samples.SECRET));

        GatewayConfig config = ConfigLoader.load(Optional.of(file), Map.of()).config();

        assertThat(config.server().http().port()).isEqualTo(8081);
        assertThat(config.server().http().ioThreads()).isEqualTo(2);
        assertThat(config.redis().tls()).isTrue();
        assertThat(config.redis().enabled()).isTrue();
        assertThat(config.server().http().trustedProxies())
                .anyMatch(range -> range.contains(address("192.168.1.1")))
                .anyMatch(range -> range.contains(address("10.9.8.7")))
                .noneMatch(range -> range.contains(address("11.0.0.1")));
    }

    @Test
    void saysThatAFileIsNotThereOrNoFileOrNoText() throws IOException {
        Path missing = folder.resolve("missing.yaml");
        Path directory = Files.createDirectory(folder.resolve("folder.yaml"));
        Path binary = Files.write(folder.resolve("binary.yaml"), "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        Path toml = file("config.toml", "");
        Path large = file("large.yaml", "#".repeat((1 << 20) + 1));

        assertThat(problems(missing, Map.of())).containsExactly(missing + ": no such file");
        assertThat(problems(directory, Map.of())).containsExactly(directory + ": not a file");
        assertThat(problems(binary, Map.of())).containsExactly(binary + ": not UTF-8");
        assertThat(problems(toml, Map.of()))
                .containsExactly(toml
                        + ": not a kind of file that is read (expected: .yaml or .yml, or .conf or .json for HOCON)");
        assertThat(problems(large, Map.of())).containsExactly(large + ": 1048577 bytes (expected: at most 1048576)");
    }

    @Test
    void reportsBadVariablesBesideAFileThatCannotBeRead() {
        Path missing = folder.resolve("missing.yaml");

        assertThat(problems(missing, Map.of("REDIS_PORT", "x")))
                .containsExactly(
                        missing + ": no such file",
                        "variable REDIS_PORT: redis.port: x (expected: a port, 1 to 65535)");
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private static InetAddress address(String literal) {
        return AddressRange.parseAddress(literal).orElseThrow();
    }

    private static List<String> problems(Map<String, String> environment) {
        return problems(Optional.empty(), environment);
    }

    private static List<String> problems(Path file, Map<String, String> environment) {
        return problems(Optional.of(file), environment);
    }

    private static List<String> problems(Optional<Path> file, Map<String, String> environment) {
        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> ConfigLoader.load(file, environment));
        return refused.problems().stream().map(ConfigProblem::toString).toList();
    }
}
