package io.tollgate.examples.benchmarks.gateway;

import io.tollgate.examples.benchmarks.command.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes the figures of the last run into the page about performance, between two marks. */
final class FiguresPage {
    static final String BEGIN = "<!-- figures: from the last make bench; `make bench-docs` writes them -->\n";
    static final String END = "<!-- end of figures -->\n";

    private FiguresPage() {}

    static void write(Options options) throws IOException {
        Path page = options.path("page");
        Path out = options.path("out");
        Path chart = options.path("chart");
        String figures = Files.readString(out.resolve("figures.md")) + "\n![CPU per request]("
                + page.getParent().relativize(chart) + ")\n";
        Files.writeString(page, replaced(Files.readString(page), figures));
        Files.createDirectories(chart.getParent());
        Files.copy(out.resolve("cpu.svg"), chart, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Returns {@code page} with {@code figures} between its marks. */
    static String replaced(String page, String figures) {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("page: no marks for the figures (expected: " + BEGIN.strip() + ")");
        }
        return page.substring(0, begin + BEGIN.length()) + "\n" + figures + "\n" + page.substring(end);
    }
}
