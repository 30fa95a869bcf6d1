package io.tollgate.examples.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WrkOutputTest {
    private static final String OUTPUT = """
            Running 5s test @ http://127.0.0.1:8080/
              2 threads and 64 connections
            Requests/sec:  20000.00
            bench requests=100000 micros=5000000 status=7 connect=1 read=2 write=3 timeout=4 p50=2900 p99=7100 p999=9000
            """;

    @Test
    void findsTheLineOfTheScript() {
        LoadResult result = WrkOutput.parse(OUTPUT).result(true);

        assertThat(result).isEqualTo(new LoadResult(100_000, 5, 7 + 10, 2_900, 7_100, 9_000));
        assertThat(result.perSecond()).isEqualTo(20_000);
    }

    @Test
    void countsSuccessesAsErrorsWhereFailuresAreExpected() {
        assertThat(WrkOutput.parse(OUTPUT).result(false).errors()).isEqualTo(100_000 - 7 + 10);
    }

    @Test
    void showsWhatWrkWroteWhereThereIsNoResult() {
        assertThatThrownBy(() -> WrkOutput.parse("unable to connect to 127.0.0.1:1 Connection refused\n"))
                .hasMessageContaining("unable to connect");
    }
}
