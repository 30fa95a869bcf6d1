package io.tollgate.examples.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/** A Markdown table with padded columns, the first of text, the others of figures. */
public final class Table {
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    /** Starts with the names of the columns. */
    public Table(String... header) {
        this.header = List.of(header);
    }

    /** Adds a row. */
    public Table row(String... cells) {
        if (cells.length != header.size()) {
            throw new IllegalArgumentException("cells: " + cells.length + " (expected: " + header.size() + ")");
        }
        rows.add(List.of(cells));
        return this;
    }

    @Override
    public String toString() {
        int[] widths = new int[header.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = Math.max(3, header.get(column).length());
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        StringBuilder text = new StringBuilder();
        append(text, header, widths);
        for (int column = 0; column < widths.length; column++) {
            text.append("| ").append("-".repeat(widths[column] - 1)).append(column == 0 ? "- " : ": ");
        }
        text.append("|\n");
        rows.forEach(row -> append(text, row, widths));
        return text.toString();
    }

    private static void append(StringBuilder text, List<String> cells, int[] widths) {
        for (int column = 0; column < widths.length; column++) {
            String padding = " ".repeat(widths[column] - cells.get(column).length());
            text.append("| ")
                    .append(column == 0 ? cells.get(column) + padding : padding + cells.get(column))
                    .append(' ');
        }
        text.append("|\n");
    }
}
