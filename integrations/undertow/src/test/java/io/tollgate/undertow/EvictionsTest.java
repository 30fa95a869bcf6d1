package io.tollgate.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Counts the searches of all connections, at a set that looks large and is empty. */
class EvictionsTest {
    private long now;
    private long searchNanos;
    private int searches;

    private final Set<GuardedConnection> open = new AbstractSet<>() {
        @Override
        public Iterator<GuardedConnection> iterator() {
            searches++;
            now += searchNanos;
            return Collections.emptyIterator();
        }

        @Override
        public int size() {
            return 10_000;
        }
    };

    private final Evictions evictions = new Evictions(open, () -> now);

    @Test
    void spendsAFifthOfTheTimeOnTheAddressesAtTheirLimit() {
        searchNanos = Duration.ofMillis(2).toNanos();
        for (int i = 0; i < 100_000; i++) { // A second in which each of a hundred addresses connects a thousand times.
            evictions.oldest(ServerLimit.CONNECTIONS_PER_ADDRESS, i % 100);
            now += Duration.ofSeconds(1).toNanos() / 100_000;
        }

        assertThat(searches).isBetween(90, 130);
    }

    @Test
    void searchesForAllConnectionsWhateverAddressesDo() {
        searchNanos = Duration.ofMillis(2).toNanos();
        evictions.oldest(ServerLimit.CONNECTIONS_PER_ADDRESS, "one");
        evictions.oldest(ServerLimit.CONNECTIONS_PER_ADDRESS, "other");
        assertThat(searches).isEqualTo(1);

        evictions.oldest(ServerLimit.CONNECTIONS, "one");
        evictions.oldest(ServerLimit.BUFFERED_BYTES, "one");

        assertThat(searches).isEqualTo(3);
    }
}
