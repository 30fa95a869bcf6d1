package io.tollgate.examples.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;

/** The log of h2load: for each request its start in microseconds, its status, and how many microseconds it took. */
final class H2loadLog {
    private H2loadLog() {}

    static LoadResult parse(BufferedReader lines, int expectedStatus) throws IOException {
        Latencies latencies = new Latencies();
        long first = Long.MAX_VALUE;
        long last = 0;
        long requests = 0;
        long errors = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] fields = line.split("\t");
            long start = Long.parseLong(fields[0]);
            int status = Integer.parseInt(fields[1]);
            long micros = Long.parseLong(fields[2]);
            if (status != expectedStatus) {
                errors++;
            }
            if (micros < 0) {
                continue;
            }
            requests++;
            latencies.record(micros);
            first = Math.min(first, start);
            last = Math.max(last, start + micros);
        }
        if (requests == 0) {
            throw new IllegalStateException("h2load: its log has no response");
        }
        return latencies.result(requests, (last - first) / 1e6, errors);
    }
}
