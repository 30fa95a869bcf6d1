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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Java in these documents is compiled here, and their configuration is read. */
class DocumentTest {
    private static final Path DOCUMENTS = Path.of("..", "..", "docs");
    private static final Path SOURCES = Path.of("src", "main", "java", "io", "tollgate", "examples", "custompolicy");

    private static final Path TESTS = Path.of("src", "test", "java", "io", "tollgate", "examples", "custompolicy");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"rate-limiting.md", "extending.md"})
    void quoteThisExampleWordForWord(String document) throws IOException {
        String code = normalised(Files.readString(SOURCES.resolve("TenantPolicy.java"))
                + Files.readString(SOURCES.resolve("TenantPolicyFactory.java"))
                + Files.readString(TESTS.resolve("OwnGateway.java")));

        assertThat(blocks(document, "java"))
                .isNotEmpty()
                .allSatisfy(block -> assertThat(code).contains(normalised(block)));
    }

    @Test
    void everyConfigurationInItIsRight() throws IOException {
        List<String> blocks = blocks("rate-limiting.md", "yaml");
        assertThat(blocks).hasSizeGreaterThan(3);
        for (String block : blocks) {
            Path file = Files.writeString(folder.resolve("config.yaml"), block);
            assertThatCode(() -> ConfigLoader.load(
                            Optional.of(file), Map.of("JWT_SECRET_KEY", "a-secret-of-this-test-that-is-long-enough")))
                    .as(block)
                    .doesNotThrowAnyException();
        }
    }

    private static List<String> blocks(String document, String language) throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher m = Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(DOCUMENTS.resolve(document)));
        while (m.find()) {
            blocks.add(m.group(1));
        }
        return blocks;
    }

    private static String normalised(String code) {
        return code.replaceAll("\\s+", " ").strip();
    }
}
