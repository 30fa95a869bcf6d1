package io.tollgate.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdsTest {
    private static final String UUID_V4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

    private static TestHead head() {
        return new TestHead(InetAddress.getLoopbackAddress());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "order-4711/retry=2", "{}~!\"\\"})
    void keepsAnIdOfVisibleAscii(String id) {
        assertThat(RequestIds.of(head().with("x-request-id", id))).isEqualTo(id);
    }

    @Test
    void keepsAnIdOf128CharactersAndNoLongerOne() {
        String longest = "x".repeat(128);

        assertThat(RequestIds.of(head().with("X-Request-Id", longest))).isEqualTo(longest);
        assertThat(RequestIds.of(head().with("X-Request-Id", longest + "x"))).matches(UUID_V4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a\tb", "\u00e9", "a\u007f", "a\r\nSet-Cookie: b"})
    void replacesAnIdThatIsNone(String id) {
        assertThat(RequestIds.of(head().with("X-Request-Id", id))).matches(UUID_V4);
    }

    @Test
    void replacesTwoIdsByOne() {
        assertThat(RequestIds.of(head().with("X-Request-Id", "a").with("X-Request-Id", "a")))
                .matches(UUID_V4);
    }

    @Test
    void makesAnIdWithoutOne() {
        assertThat(RequestIds.of(head())).matches(UUID_V4);
    }

    @Test
    void makesDifferentIdsOnManyThreads() throws Exception {
        int threads = 8;
        int each = 20_000; // Many pages of random bytes, which the threads exchange while others read.
        Set<String> ids = ConcurrentHashMap.newKeySet();
        List<String> wrong = Collections.synchronizedList(new ArrayList<>());
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> {
                for (int made = 0; made < each; made++) {
                    String id = RequestIds.random();
                    if (!ids.add(id) || !id.matches(UUID_V4)) {
                        wrong.add(id);
                    }
                }
            });
            thread.start();
            running.add(thread);
        }
        for (Thread thread : running) {
            thread.join();
        }

        assertThat(wrong).as("ids made twice, or of another form").isEmpty();
        assertThat(ids).hasSize(threads * each);
    }

    @Test
    void usesEveryBitThatIsRandom() {
        long ones = 0;
        long zeros = 0;
        for (int i = 0; i < 1_000; i++) {
            java.util.UUID id = java.util.UUID.fromString(RequestIds.random());
            ones |= id.getLeastSignificantBits();
            zeros |= ~id.getLeastSignificantBits();
        }

        // Each bit is 1 in some and 0 in others, but for the two of the variant; by chance not once in 10^299 runs.
        assertThat(ones & zeros).isEqualTo(0x3fffffffffffffffL);
    }
}
