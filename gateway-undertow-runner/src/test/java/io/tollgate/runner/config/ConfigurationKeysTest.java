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

/** What docs/configuration.md says is what the code does. */
class ConfigurationKeysTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @TempDir
    Path folder;

    @Test
    void thePageHasEveryKey() throws IOException {
        new MarkedText(PAGE).is(KeyTables.all());
    }

    @Test
    void everyConfigurationInItIsRight() throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher m =
                Pattern.compile("```(yaml|hocon)\\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        while (m.find()) {
            String name = m.group(1).equals("yaml") ? "config.yaml" : "gateway.conf";
            Path file = Files.writeString(folder.resolve(name), m.group(2));
            blocks.add(m.group(2));
            assertThatCode(() -> ConfigLoader.load(
                            Optional.of(file), Map.of("JWT_SECRET_KEY", Samples.SECRET, "REDIS_PASSWORD", "of-a-test")))
                    .as(m.group(2))
                    .doesNotThrowAnyException();
        }
        assertThat(blocks).hasSizeGreaterThan(3);
    }
}
