package io.tollgate.runner.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The README's table of keys is the one of the code; {@code make docs} makes it so. */
class ReadmeKeysTest {
    private static final Path README = Path.of("..", "README.md");
    private static final String BEGIN = "<!-- keys: from the configuration code; `make docs` writes them -->\n";
    private static final String END = "<!-- end of keys -->";

    @Test
    void theReadmeHasTheTableOfKeys() throws IOException {
        String readme = Files.readString(README);
        int begin = readme.indexOf(BEGIN) + BEGIN.length();
        int end = readme.indexOf(END);
        assertThat(end).as("the marks of the table").isGreaterThanOrEqualTo(begin);
        String table = ConfigKeys.markdown();

        if (Boolean.getBoolean("tollgate.docs.write")) {
            Files.writeString(README, readme.substring(0, begin) + table + readme.substring(end));
        } else {
            assertThat(readme.substring(begin, end))
                    .as("make docs writes it anew")
                    .isEqualTo(table);
        }
    }
}
