package io.tollgate.examples.benchmarks.load;

import java.util.HashMap;
import java.util.Map;

/**
 * The line that {@code bench.lua} writes at the end of a run.
 *
 * @param requests responses
 * @param micros how long the run took
 * @param failed responses with a status of 400 or more
 * @param broken connections and requests that failed without a response
 */
record WrkOutput(
        long requests, long micros, long failed, long broken, long p50Micros, long p99Micros, long p999Micros) {
    private static final String MARK = "bench ";

    /**
     * Finds the line in all that wrk wrote.
     *
     * @throws IllegalStateException with the output where there is no such line
     */
    static WrkOutput parse(String output) {
        Map<String, Long> values = new HashMap<>();
        output.lines().filter(line -> line.startsWith(MARK)).forEach(line -> {
            for (String pair : line.substring(MARK.length()).split(" ")) {
                int equals = pair.indexOf('=');
                values.put(pair.substring(0, equals), (long) Double.parseDouble(pair.substring(equals + 1)));
            }
        });
        if (values.isEmpty()) {
            throw new IllegalStateException("wrk: no result in its output: " + output.strip());
        }
        return new WrkOutput(
                values.get("requests"),
                values.get("micros"),
                values.get("status"),
                values.get("connect") + values.get("read") + values.get("write") + values.get("timeout"),
                values.get("p50"),
                values.get("p99"),
                values.get("p999"));
    }

    /** Returns the result of a scenario that expects success, or failure. */
    LoadResult result(boolean expectsSuccess) {
        long unexpected = expectsSuccess ? failed : requests - failed;
        return new LoadResult(requests, micros / 1e6, unexpected + broken, p50Micros, p99Micros, p999Micros);
    }
}
