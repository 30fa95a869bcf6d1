package io.tollgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoginsInFlightTest {
    private final VirtualTime clock = new VirtualTime();
    private final LoginsInFlight logins = new LoginsInFlight(clock, 3);

    @Test
    void countsThoseThatBeganBefore() {
        assertThat(logins.start("ann")).isZero();
        assertThat(logins.start("ann")).isEqualTo(1);
        assertThat(logins.start("bob")).isZero();
        logins.end("ann");
        assertThat(logins.start("ann")).isEqualTo(1);
    }

    @Test
    void ignoresAnEndWithoutABeginning() {
        logins.end("ann");
        logins.end("ann");

        assertThat(logins.start("ann")).isZero();
        assertThat(logins.start("ann")).isEqualTo(1);
    }

    @Test
    void keepsALoginForAMinuteAtLeastAndTwoAtMost() {
        clock.advance(Duration.ofSeconds(59));
        logins.start("ann");
        clock.advance(Duration.ofSeconds(60));
        assertThat(logins.start("ann")).as("after a minute").isEqualTo(1);
        logins.end("ann");
        clock.advance(Duration.ofSeconds(61));
        assertThat(logins.start("ann")).as("of the second minute").isEqualTo(1);
        clock.advance(Duration.ofMinutes(2));
        assertThat(logins.start("ann")).as("after two minutes").isZero();
    }

    @Test
    void dropsTheOlderHalfIfThereAreTooManyAccounts() {
        logins.start("ann");
        logins.start("a1");
        logins.start("a2");
        assertThat(logins.start("ann")).as("with three accounts").isEqualTo(1);
        logins.start("b1");
        logins.start("b2");
        logins.start("c1");
        logins.start("c2");
        logins.start("c3");

        assertThat(logins.start("a1")).as("after six more").isZero();
    }

    @Test
    void leavesNothingOfALoginThatEnded() {
        for (int minute = 0; minute < 3; minute++) {
            assertThat(logins.start("ann")).as("in minute %d", minute).isZero();
            logins.end("ann");
            clock.advance(Duration.ofMinutes(1));
        }
    }

    @Test
    void turnsItsGenerationsAtTheEndOfAMinute() {
        logins.start("ann");
        clock.advance(Duration.ofMinutes(1));
        logins.start("bob");
        clock.advance(Duration.ofSeconds(59));
        logins.start("bob");
        clock.advance(Duration.ofSeconds(1));

        assertThat(logins.start("ann")).as("after two minutes").isZero();
    }

    @Test
    void dropsTheOlderHalfWithTheFirstAccountThatIsTooMany() {
        for (String account : List.of("a1", "a2", "a3", "b1", "b2", "b3")) {
            logins.start(account);
        }

        assertThat(logins.start("a1")).as("after six accounts of three").isZero();
        assertThat(logins.start("b1")).as("of the newer half").isEqualTo(1);
    }
}
