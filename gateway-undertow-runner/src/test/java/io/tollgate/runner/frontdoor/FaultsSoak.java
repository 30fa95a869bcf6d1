package io.tollgate.runner.frontdoor;

import io.tollgate.runner.frontdoor.Faults.Fault;
import io.tollgate.runner.frontdoor.Faults.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults one after the other, drawn by lot, for as many minutes as the system property {@code tollgate.soak.minutes} says
 * (10 by default), and then the leak check. {@code make soak} runs it; no build does.
 */
class FaultsSoak {
    @TempDir
    Path folder;

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    void survivesWhateverComes() throws Exception {
        Duration length = Duration.ofMinutes(Long.getLong("tollgate.soak.minutes", 10));
        long seed = Long.getLong("tollgate.soak.seed", System.nanoTime());
        System.out.println("soak: " + length + ", seed " + seed);
        Random random = new Random(seed);
        long startedAt = System.nanoTime();
        int number = 0;
        try (Faults faults = new Faults(folder)) {
            while (System.nanoTime() - startedAt < length.toNanos()) {
                faults.go(pick(random, Part.values()), pick(random, Fault.values()));
                number++;
            }
            faults.awaitNoLeak();
            System.out.println("soak: " + number + " faults, " + faults.counts());
        }
    }

    private static <T> T pick(Random random, T[] of) {
        return of[random.nextInt(of.length)];
    }
}
