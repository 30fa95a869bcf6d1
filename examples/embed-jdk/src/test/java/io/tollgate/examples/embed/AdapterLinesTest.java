package io.tollgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of servers says how long the adapters are that are to be copied, without imports, comments and blank lines. */
class AdapterLinesTest {
    @ParameterizedTest
    @CsvSource({
        "netty, GuardHandler", //
        "vertx, GuardHandler",
        "javalin, GuardPlugin",
        "helidon, GuardFilter"
    })
    void theTableSaysHowManyLinesAreCopied(String server, String adapter) throws IOException {
        List<String> source = Files.readAllLines(Sources.file("examples/embed-" + server)
                .resolve(Path.of("src", "main", "java", "io", "tollgate", "examples", server, adapter + ".java")));
        String row = Files.readAllLines(Sources.file("docs/embedding.md")).stream()
                .filter(line -> line.startsWith("|") && line.contains("(embedding/" + server + ".md)"))
                .findFirst()
                .orElseThrow();

        assertThat(row).contains("| `" + adapter + ".java`, " + linesOfCode(source) + " lines |");
    }

    private static long linesOfCode(List<String> source) {
        boolean comment = false;
        long count = 0;
        for (String each : source) {
            String line = each.strip();
            comment = comment || line.startsWith("/*");
            if (!comment
                    && !line.isEmpty()
                    && !line.startsWith("//")
                    && !line.startsWith("import ")
                    && !line.startsWith("package ")) {
                count++;
            }
            comment = comment && !line.endsWith("*/");
        }
        return count;
    }
}
