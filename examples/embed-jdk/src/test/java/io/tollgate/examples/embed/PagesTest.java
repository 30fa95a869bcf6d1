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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Java in these pages is code that is compiled and run: it stands word for word in the examples. */
class PagesTest {
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/operations.md", "docs/observability.md"})
    void quotesOnlyCodeThatIsCompiled(String page) throws IOException {
        String code = normalised(sources());
        List<String> quotes = new ArrayList<>();
        Matcher m = JAVA_BLOCK.matcher(Files.readString(Path.of("..", "..", page)));
        while (m.find()) {
            quotes.add(m.group(1));
        }

        assertThat(quotes).isNotEmpty().allSatisfy(quote -> assertThat(code).contains(normalised(quote)));
    }

    private static String sources() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> examples = Files.walk(Path.of(".."))) {
            for (Path p : (Iterable<Path>) examples.filter(p -> p.toString().endsWith(".java"))::iterator) {
                all.append(Files.readString(p)).append('\n');
            }
        }
        return all.toString();
    }

    private static String normalised(String code) {
        return code.replaceAll("\\s+", " ").strip();
    }
}
