package io.tollgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The Java in the README and in docs is code that is compiled: it stands word for word in the examples. */
class PagesTest {
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    @Test
    void quotesOnlyCodeThatIsCompiled() throws IOException {
        assertQuotes(List.of(Sources.file("README.md")));
    }

    @Test
    void theDocumentsQuoteOnlyCodeThatIsCompiled() throws IOException {
        try (Stream<Path> files = Files.walk(Sources.file("docs"))) {
            assertQuotes(files.filter(file -> file.toString().endsWith(".md")).toList());
        }
    }

    private static void assertQuotes(List<Path> documents) throws IOException {
        String code = Sources.quotable();
        List<String> quotes = new ArrayList<>();
        for (Path document : documents) {
            Matcher m = JAVA_BLOCK.matcher(Files.readString(document));
            while (m.find()) {
                quotes.add(m.group(1));
            }
        }

        assertThat(quotes).isNotEmpty().allMatch(quote -> code.contains(Sources.squeezed(quote)));
    }
}
