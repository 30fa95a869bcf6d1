package io.tollgate.runner.frontdoor;

import io.tollgate.runner.frontdoor.Faults.Fault;
import io.tollgate.runner.frontdoor.Faults.Part;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever fails behind the gateway, and however: every request gets a response, the right one, nothing is bought twice, no session
 * is lost, all goes well again by itself, and in the end the gateway holds no more than before. FaultsSoak does the same for
 * longer.
 */
class FaultsTest {
    @TempDir
    static Path folder;

    private static Faults faults;

    @BeforeAll
    static void open() throws Exception {
        faults = new Faults(folder);
    }

    @AfterAll
    static void close() throws Exception {
        try (Faults all = faults) {
            all.awaitNoLeak();
        }
    }

    @ParameterizedTest
    @EnumSource
    void survivesWhatBefallsTheOrderService(Fault fault) throws Exception {
        faults.go(Part.ORDER_SERVICE, fault);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"CUT", "DELAY", "HALF_OPEN", "REFUSE", "STOP", "KILL"})
    void survivesWhatBefallsTheUserService(Fault fault) throws Exception {
        faults.go(Part.USER_SERVICE, fault);
    }

    @ParameterizedTest
    @EnumSource
    void survivesWhatBefallsRedis(Fault fault) throws Exception {
        faults.go(Part.REDIS, fault);
    }
}
