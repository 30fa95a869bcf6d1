package io.tollgate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlidingCountTest {
    private static final long SECOND = 1_000_000_000L;

    /** The clock of the JVM may start anywhere, below zero too, and overflow. */
    @ParameterizedTest
    @ValueSource(longs = {0, -5 * SECOND - 1, 17, Long.MAX_VALUE / 2})
    void countsTheEventsOfTheLastSecondsAndNoOthers(long start) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        SlidingCount count = new SlidingCount(10, start);
        Deque<Long> expected = new ArrayDeque<>();
        long now = start;
        for (int i = 0; i < 5_000; i++) {
            now += random.nextInt(10) == 0 ? random.nextLong(25 * SECOND) : random.nextLong(SECOND / 4);
            long second = Math.floorDiv(now, SECOND);
            while (!expected.isEmpty() && expected.peek() <= second - 10) {
                expected.remove();
            }
            if (random.nextBoolean()) {
                count.add(now);
                expected.add(second);
            }
            assertThat(count.sum(now)).as("seed " + seed + ", step " + i).isEqualTo(expected.size());
        }
    }
}
