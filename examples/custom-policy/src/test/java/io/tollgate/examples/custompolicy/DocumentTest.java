package io.tollgate.examples.custompolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.tollgate.runner.config.ConfigLoader;
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

/** What docs/rate-limiting.md quotes is compiled here, and what it configures is read. */
class DocumentTest {
    private static final Path DOCUMENT = Path.of("..", "..", "docs", "rate-limiting.md");
    private static final Path SOURCES = Path.of("src", "main", "java", "io", "tollgate", "examples", "custompolicy");

    @TempDir
    Path folder;

    @Test
    void quotesThisExampleWordForWord() throws IOException {
        String code = normalised(Files.readString(SOURCES.resolve("TenantPolicy.java"))
                + Files.readString(SOURCES.resolve("TenantGateway.java")));

        assertThat(blocks("java"))
                .isNotEmpty()
                .allSatisfy(block -> assertThat(code).contains(normalised(block)));
    }

    @Test
    void everyConfigurationInItIsRight() throws IOException {
        List<String> blocks = blocks("yaml");
        assertThat(blocks).hasSizeGreaterThan(3);
        for (String block : blocks) {
            Path file = Files.writeString(folder.resolve("config.yaml"), block);
            assertThatCode(() -> ConfigLoader.load(
                            Optional.of(file), Map.of("JWT_SECRET_KEY", "a-secret-of-this-test-that-is-long-enough")))
                    .as(block)
                    .doesNotThrowAnyException();
        }
    }

    private static List<String> blocks(String language) throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher m = Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(DOCUMENT));
        while (m.find()) {
            blocks.add(m.group(1));
        }
        return blocks;
    }

    private static String normalised(String code) {
        return code.replaceAll("\\s+", " ").strip();
    }
}
