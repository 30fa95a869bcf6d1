package io.tollgate.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapacityTest {
    private static final long MIB = 1024 * 1024;

    @ParameterizedTest
    @CsvSource({
        "256, 256, 1048576, 8192",
        "256, 96, 1048576, 3072",
        "256, 256, 1024, 596",
        "256, 256, 300, 114",
        "16, 16, 64, 16",
        "1000000, 1000000, 9223372036854775807, 1000000"
    })
    void theNumberOfConnectionsFollowsWhatIsScarcest(long heap, long direct, long descriptors, int connections) {
        assertThat(Capacity.connections(heap * MIB, direct * MIB, descriptors, false))
                .isEqualTo(connections);
    }
}
