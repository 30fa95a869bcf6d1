package io.tollgate.runner.config;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The README's table of keys is of the code; {@code make docs} makes it so. */
class ReadmeKeysTest {
    @Test
    void theReadmeHasTheKeysThatAreUsedMost() throws IOException {
        new MarkedText(Path.of("..", "README.md")).is(KeyTables.mostUsed());
    }
}
