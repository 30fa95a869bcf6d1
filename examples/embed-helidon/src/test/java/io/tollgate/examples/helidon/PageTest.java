package io.tollgate.examples.helidon;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.servercontract.CodeLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page has the code that the tests of this module test, to the letter. */
class PageTest {
    private static final Path PAGE = Path.of("..", "..", "docs", "embedding", "helidon.md");

    @ParameterizedTest
    @ValueSource(strings = {"GuardFilter", "HelloServer"})
    void showsTheCodeThatIsTested(String name) throws IOException {
        assertThat(Files.readString(PAGE)).contains("```java\n" + Files.readString(code(name)) + "```\n");
    }

    @Test
    void statesTheLinesOfTheAdapter() throws IOException {
        assertThat(Files.readString(PAGE))
                .contains("`GuardFilter.java`, of " + CodeLines.of(code("GuardFilter")) + " lines of code,");
    }

    private static Path code(String name) {
        return Path.of("src", "main", "java", "io", "tollgate", "examples", "helidon", name + ".java");
    }
}
