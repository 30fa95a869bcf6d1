package io.tollgate.examples.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** A bar chart of CPU per request as SVG, readable on a light and on a dark page. */
public final class Chart {
    private static final int WIDTH = 860;
    private static final int LABELS = 330;
    private static final int BARS = WIDTH - LABELS - 90;
    private static final int LINE = 22;
    private static final int BAR = 14;
    private static final int TOP = 34;

    private Chart() {}

    /** Draws a bar for every process in every scenario, with its spread. */
    public static String svg(List<Section> sections) {
        int lines =
                sections.stream().mapToInt(section -> section.rows().size() + 1).sum();
        int height = TOP + lines * LINE + 10;
        double longest = sections.stream()
                .flatMap(section -> section.rows().stream())
                .mapToDouble(row -> row.spread(run -> run.cost().cpuMicros()).max())
                .max()
                .orElse(1);
        StringBuilder svg = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img" \
                aria-label="CPU per request of each process in each scenario">
                <style>
                text { font: 13px system-ui, sans-serif; fill: #1f2328 }
                .title { font-weight: 600 }
                .ours { fill: #2f6fde }
                .floor { fill: #8b949e }
                .spread { stroke: #1f2328; stroke-width: 1.5 }
                @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3 }
                .spread { stroke: #e6edf3 }
                }
                </style>
                <text x="0" y="16" class="title">CPU per request in microseconds: median of the runs, and from the lowest \
                to the highest; less is better</text>
                """.formatted(WIDTH, height));
        int y = TOP;
        for (Section section : sections) {
            text(svg, 0, y + BAR - 2, " class=\"title\"", section.title());
            y += LINE;
            for (Row row : section.rows()) {
                bar(svg, row, y, BARS / longest);
                y += LINE;
            }
        }
        return svg.append("</svg>\n").toString();
    }

    private static void bar(StringBuilder svg, Row row, int y, double scale) {
        Spread cpu = row.spread(run -> run.cost().cpuMicros());
        text(svg, LABELS - 8, y + BAR - 2, " text-anchor=\"end\"", row.title());
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" class=\"%s\"/>%n",
                LABELS,
                y,
                cpu.median() * scale,
                BAR,
                row.isFloor() ? "floor" : "ours"));
        svg.append(String.format(
                Locale.ROOT,
                "<path d=\"M%.1f %dH%.1f\" class=\"spread\"/>%n",
                LABELS + cpu.min() * scale,
                y + BAR / 2,
                LABELS + cpu.max() * scale));
        text(svg, (int) (LABELS + cpu.max() * scale) + 8, y + BAR - 2, "", Figures.tenths(cpu.median()));
    }

    private static void text(StringBuilder svg, int x, int y, String attributes, String text) {
        svg.append(
                String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\"%s>%s</text>%n", x, y, attributes, escaped(text)));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
