package io.tollgate.examples.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class H2loadLogTest {
    @Test
    void countsEveryStatusButTheExpectedOneAsAnError() throws IOException {
        String log = "1000000\t401\t100\n1000500\t401\t300\n1001000\t503\t200\n";

        LoadResult result = H2loadLog.parse(new BufferedReader(new StringReader(log)), 401);

        assertThat(result).isEqualTo(new LoadResult(3, 1_200 / 1e6, 1, 200, 300, 300));
    }

    @Test
    void countsARequestWithoutResponseAsAnErrorOnly() throws IOException {
        String log = "1000000\t401\t100\n1000500\t-1\t-1\n";

        LoadResult result = H2loadLog.parse(new BufferedReader(new StringReader(log)), 401);

        assertThat(result.requests()).isEqualTo(1);
        assertThat(result.errors()).isEqualTo(1);
    }

    @Test
    void failsWhereNothingResponded() {
        assertThatThrownBy(() -> H2loadLog.parse(new BufferedReader(new StringReader("")), 401))
                .isInstanceOf(IllegalStateException.class);
    }
}
