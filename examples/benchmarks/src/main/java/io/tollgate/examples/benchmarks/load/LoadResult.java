package io.tollgate.examples.benchmarks.load;

/**
 * What a load generator saw.
 *
 * @param requests responses, whatever their status
 * @param seconds from the first request to the last response
 * @param errors responses with another status than the expected one, connections that failed, timeouts
 * @param p50Micros the median of the latency
 * @param p99Micros its 99th percentile
 * @param p999Micros its 99.9th percentile
 */
public record LoadResult(long requests, double seconds, long errors, long p50Micros, long p99Micros, long p999Micros) {
    /** Returns responses per second. */
    public double perSecond() {
        return requests / seconds;
    }
}
