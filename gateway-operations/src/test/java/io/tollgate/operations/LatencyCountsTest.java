package io.tollgate.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.operations.Sample.Latency;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyCountsTest {
    private final LatencyCounts counts = new LatencyCounts();

    private void add(long micros) {
        counts.add(TimeUnit.MICROSECONDS.toNanos(micros));
    }

    @Test
    void hasNoneWithoutRequests() {
        assertThat(counts.drain()).isEqualTo(Latency.NONE);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 63})
    void isExactBelow64(long micros) {
        add(micros);

        assertThat(counts.drain()).isEqualTo(new Latency(micros, micros, micros, micros));
    }

    @Test
    void beginsAgainWithEachSample() {
        add(1_000_000);
        counts.drain();
        add(3);

        assertThat(counts.drain()).isEqualTo(new Latency(3, 3, 3, 3));
        assertThat(counts.drain()).isEqualTo(Latency.NONE);
    }

    @Test
    void countsWhatIsBeyondItsRangeAsTheLongest() {
        counts.add(Long.MAX_VALUE);
        counts.add(-1);

        assertThat(counts.drain()).isEqualTo(new Latency(0, 4294967295L, 4294967295L, 4294967295L));
    }

    @Test
    void isWithinAFewHundredthsOfTheTruth() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            long[] micros = random.longs(1 + random.nextInt(2000), 0, 1L << (1 + random.nextInt(31)))
                    .toArray();
            Arrays.stream(micros).forEach(this::add);
            Arrays.sort(micros);

            Latency latency = counts.drain();

            String which = "seed " + seed + ", round " + round;
            assertThat(latency.max()).as(which).isBetween(micros[micros.length - 1], above(micros[micros.length - 1]));
            assertThat(latency.p50()).as(which).isBetween(rank(micros, 50), above(rank(micros, 50)));
            assertThat(latency.p95()).as(which).isBetween(rank(micros, 95), above(rank(micros, 95)));
            assertThat(latency.p99()).as(which).isBetween(rank(micros, 99), above(rank(micros, 99)));
        }
    }

    private static long rank(long[] sorted, int percent) {
        return sorted[(sorted.length * percent + 99) / 100 - 1];
    }

    private static long above(long micros) {
        return micros + micros / 64 + 1;
    }

    @Test
    void losesNothingWhileItIsDrained() throws Exception {
        int each = 200_000;
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    add(i % 50);
                }
            });
            thread.start();
            threads.add(thread);
        }
        long worst = -1;
        while (threads.stream().anyMatch(Thread::isAlive)) {
            worst = Math.max(worst, counts.drain().max());
        }
        for (Thread thread : threads) {
            thread.join();
        }
        worst = Math.max(worst, counts.drain().max());

        assertThat(worst).isEqualTo(49);
        assertThat(counts.drain()).isEqualTo(Latency.NONE);
    }
}
