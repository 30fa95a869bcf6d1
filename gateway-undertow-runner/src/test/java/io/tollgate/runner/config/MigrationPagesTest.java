package io.tollgate.runner.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway takes the configuration that the pages about migration show. */
class MigrationPagesTest {
    private static final Path DOCUMENTS = Path.of("..", "docs");
    private static final Pattern YAML = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);
    private static final Map<String, String> SECRET =
            Map.of("JWT_SECRET_KEY", "a-secret-of-this-test-that-is-long-enough");

    @TempDir
    Path folder;

    @Test
    void takesTheConfigurationForTheGoGateway() throws IOException {
        List<String> configurations = configurations("migrating-from-the-go-gateway.md");

        assertThat(configurations).hasSize(3).allSatisfy(this::isTaken);
    }

    @Test
    void takesTheConfigurationForSpringCloudGateway() throws IOException {
        List<String> configurations = configurations("migrating-from-spring-cloud-gateway.md");

        assertThat(configurations).hasSize(2).first().asString().startsWith("spring:");
        assertThat(configurations.get(1)).satisfies(this::isTaken);
    }

    private void isTaken(String configuration) throws IOException {
        Path file = Files.writeString(folder.resolve("config.yaml"), configuration);
        assertThatCode(() -> ConfigLoader.load(Optional.of(file), SECRET))
                .as(configuration)
                .doesNotThrowAnyException();
    }

    private static List<String> configurations(String document) throws IOException {
        List<String> configurations = new ArrayList<>();
        Matcher yaml = YAML.matcher(Files.readString(DOCUMENTS.resolve(document)));
        while (yaml.find()) {
            configurations.add(yaml.group(1));
        }
        return configurations;
    }
}
