package io.tollgate.runner.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Text between two marks of a page, which the code writes. {@code make docs} writes it; else a test compares it. */
record MarkedText(Path page) {
    private static final String BEGIN = "<!-- keys: from the configuration code; `make docs` writes them -->\n";
    private static final String END = "<!-- end of keys -->";

    void is(String text) throws IOException {
        String now = Files.readString(page);
        int begin = now.indexOf(BEGIN) + BEGIN.length();
        int end = now.indexOf(END);
        assertThat(end).as("the marks in " + page).isGreaterThanOrEqualTo(begin);
        if (Boolean.getBoolean("tollgate.docs.write")) {
            Files.writeString(page, now.substring(0, begin) + text + now.substring(end));
        } else {
            assertThat(now.substring(begin, end)).as("make docs writes it anew").isEqualTo(text);
        }
    }
}
