package io.tollgate.runner.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tollgate.config.ConfigKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docker-compose.yml, the image and deploy/kubernetes tell the gateway is what it understands. */
class DeploymentFilesTest {
    private static final Path ROOT = Path.of("..");
    private static final Path CLUSTER = ROOT.resolve("deploy").resolve("kubernetes");

    /** Stands for whatever an operator has filled in. */
    private static final String SECRET = "a-secret-that-an-operator-has-made-up";

    /** As compose has it: {@code ${NAME:-default}} or {@code ${NAME:?what is missing}}. */
    private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{(\\w+):([-?])([^}]*)}");

    @TempDir
    Path folder;

    @Test
    void theGatewayTakesTheVariablesOfTheComposeFile() throws IOException {
        Map<String, String> variables = withSecrets(composed());

        GatewayConfig config = ConfigLoader.load(Optional.empty(), variables).config();

        assertThat(config.app().environment()).isEqualTo(Environment.PRODUCTION);
        assertThat(config.redis().enabled()).isTrue();
        assertThat(config.services().orderService().idempotent()).isTrue();
    }

    @Test
    void everyVariableOfTheComposeFileIsOneOfTheGateway() throws IOException {
        // Those are for the JVM and for OpenTelemetry.
        assertThat(composed().keySet())
                .filteredOn(name -> !name.matches("JAVA_TOOL_OPTIONS|OTEL_.*"))
                .isSubsetOf(known());
    }

    @Test
    void theGatewayTakesTheConfigurationOfTheCluster() throws IOException {
        Map<String, String> variables = deployed();
        LoadedConfig loaded = ConfigLoader.load(Optional.of(CLUSTER.resolve("config.yaml")), withSecrets(variables));

        assertThat(loaded.warnings()).isEmpty();
        assertThat(loaded.config().app().environment()).isEqualTo(Environment.PRODUCTION);
        assertThat(loaded.config().server().http().drainDelay())
                .as("in which no endpoint refers to the pod any more, without a preStop hook")
                .isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void everyVariableOfTheClusterIsOneOfTheGateway() throws IOException {
        assertThat(deployed().keySet()).isSubsetOf(known());
    }

    @Test
    void everySecretComesFromAFile() throws IOException {
        String[] files = {"JWT_SECRET_KEY_FILE", "REDIS_PASSWORD_FILE", "SERVER_ADMIN_TOKEN_FILE"};
        String[] variables = ConfigKeys.all().stream()
                .filter(key -> key.fileVariable().isPresent())
                .map(ConfigKey::variable)
                .toArray(String[]::new);
        assertThat(deployed()).containsKeys(files).doesNotContainKeys(variables);
        assertThat(composed()).containsKeys(files).doesNotContainKeys(variables);
    }

    /** Returns the variables with the path of a secret for each file. */
    private Map<String, String> withSecrets(Map<String, String> variables) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), SECRET + "\n");
        variables.replaceAll((name, value) -> name.endsWith("_FILE") ? secret.toString() : value);
        return variables;
    }

    private static Map<String, String> composed() throws IOException {
        Map<String, String> variables = new HashMap<>();
        read(ROOT.resolve("docker-compose.yml"))
                .at("/services/gateway/environment")
                .properties()
                .forEach(entry -> variables.put(
                        entry.getKey(), substituted(entry.getValue().asText(""))));
        return variables;
    }

    private static Map<String, String> deployed() throws IOException {
        Map<String, String> variables = new HashMap<>();
        JsonNode container = read(CLUSTER.resolve("deployment.yaml")).at("/spec/template/spec/containers/0");
        container
                .get("env")
                .forEach(variable -> variables.put(
                        variable.get("name").asText(), variable.path("value").asText(SECRET)));
        return variables;
    }

    private static JsonNode read(Path file) throws IOException {
        return new YAMLMapper().readTree(file.toFile());
    }

    private static String substituted(String value) {
        return SUBSTITUTION
                .matcher(value)
                .replaceAll(match -> Matcher.quoteReplacement(match.group(2).equals("-") ? match.group(3) : SECRET));
    }

    private static Iterable<String> known() {
        return ConfigKeys.all().stream()
                .flatMap(key -> Stream.concat(Stream.of(key.variable()), key.fileVariable().stream()))
                .collect(Collectors.toSet());
    }
}
