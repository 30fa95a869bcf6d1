package io.tollgate.examples.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** A bar chart of CPU per request as SVG, readable on a light and on a dark page. */
public final class Chart {
    private static final int WIDTH = 860;
    private static final int LABELS = 330;
    private static final int BARS = WIDTH - LABELS - 100;
    private static final int LINE = 22;
    private static final int BAR = 14;
    private static final int TOP = 34;
    /** A bar is cut where it is longer than so many usual ones. */
    private static final double CUT = 4;

    private Chart() {}

    /** Draws a bar for every process in every scenario, with its spread. */
    public static String svg(List<Section> sections) {
        int lines =
                sections.stream().mapToInt(section -> section.rows().size() + 1).sum();
        int height = TOP + lines * LINE + 10;
        double scale = BARS / longest(sections);
        StringBuilder svg = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img" \
                aria-label="CPU per request of each process in each scenario">
                <style>
                text { font: 13px system-ui, sans-serif; fill: #6b7580 }
                .title { font-weight: 600 }
                .gateway { fill: #2f6fde }
                .floor { fill: #8b949e }
                .peer { fill: #c9771e }
                .spread { stroke: #6b7580; stroke-width: 1.5 }
                @media (prefers-color-scheme: dark) {
                text { fill: #adbac7 }
                .spread { stroke: #adbac7 }
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
                bar(svg, row, y, scale);
                y += LINE;
            }
        }
        return svg.append("</svg>\n").toString();
    }

    /** Returns the value of the longest bar; those of many times the usual length are cut, lest the others vanish. */
    private static double longest(List<Section> sections) {
        List<Double> values = sections.stream()
                .flatMap(section -> section.rows().stream())
                .map(row -> cpu(row).max())
                .toList();
        Spread spread = values.isEmpty() ? new Spread(1, 1, 1, 1, 1) : Spread.of(values);
        return Math.min(spread.max(), CUT * spread.median());
    }

    private static void bar(StringBuilder svg, Row row, int y, double scale) {
        Spread cpu = cpu(row);
        boolean cut = cpu.max() * scale > BARS;
        double width = Math.min(BARS, cpu.median() * scale);
        double end = Math.min(BARS, cpu.max() * scale);
        text(svg, LABELS - 8, y + BAR - 2, " text-anchor=\"end\"", row.title());
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" class=\"%s\"/>%n",
                LABELS,
                y,
                width,
                BAR,
                row.role().name().toLowerCase(Locale.ROOT)));
        svg.append(String.format(
                Locale.ROOT,
                "<path d=\"M%.1f %dH%.1f\" class=\"spread\"/>%n",
                LABELS + Math.min(width, cpu.min() * scale),
                y + BAR / 2,
                LABELS + end));
        text(
                svg,
                (int) (LABELS + Math.max(width, end)) + 8,
                y + BAR - 2,
                "",
                Figures.tenths(cpu.median()) + (cut ? " (cut)" : ""));
    }

    private static Spread cpu(Row row) {
        return row.spread(run -> run.cost().cpuMicros());
    }

    private static void text(StringBuilder svg, int x, int y, String attributes, String text) {
        svg.append(
                String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\"%s>%s</text>%n", x, y, attributes, escaped(text)));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
