package io.tollgate.examples.javalin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page has the code that the tests of this module test, to the letter. */
class PageTest {
    @ParameterizedTest
    @ValueSource(strings = {"GuardPlugin", "HelloServer"})
    void showsTheCodeThatIsTested(String name) throws IOException {
        Path code = Path.of("src", "main", "java", "io", "tollgate", "examples", "javalin", name + ".java");

        assertThat(Files.readString(Path.of("..", "..", "docs", "embedding", "javalin.md")))
                .contains("```java\n" + Files.readString(code) + "```\n");
    }
}
