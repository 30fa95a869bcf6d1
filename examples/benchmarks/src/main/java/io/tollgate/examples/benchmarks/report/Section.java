package io.tollgate.examples.benchmarks.report;

import java.util.List;
import java.util.Optional;

/**
 * All processes of one scenario.
 *
 * @param title what the reader sees
 * @param rows one a process
 */
public record Section(String title, List<Row> rows) {
    Optional<Row> floor() {
        return rows.stream().filter(Row::isFloor).findFirst();
    }
}
