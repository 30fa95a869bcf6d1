package io.tollgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of servers says how long the adapters to be copied are, as their pages do, which tests of the adapters check. */
class AdapterLinesTest {
    private static final Pattern LINES = Pattern.compile("One file, (`\\w+\\.java`), of (\\d+) lines of code");

    @ParameterizedTest
    @ValueSource(strings = {"netty", "vertx", "javalin", "helidon"})
    void theTableSaysHowManyLinesAreCopied(String server) throws IOException {
        Matcher page = LINES.matcher(Files.readString(Sources.file("docs/embedding/" + server + ".md")));
        assertThat(page.find()).isTrue();
        String row = Files.readAllLines(Sources.file("docs/embedding.md")).stream()
                .filter(line -> line.startsWith("|") && line.contains("(embedding/" + server + ".md)"))
                .findFirst()
                .orElseThrow();

        assertThat(row).contains("| " + page.group(1) + ", " + page.group(2) + " lines |");
    }
}
