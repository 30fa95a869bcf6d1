package io.tollgate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SilenceTest {
    private final AtomicInteger started = new AtomicInteger();
    private final Silence silence = new Silence(started::incrementAndGet);

    private void callInVain() {
        silence.began(null);
        silence.ended(null, true);
    }

    @Test
    void looksOnWhileCallsWaitOrAProbeIsDue() {
        silence.began(null);
        assertThat(silence.goOn()).isTrue();
        silence.responded(null);
        assertThat(silence.goOn()).isFalse();

        for (int i = 0; i < 3; i++) {
            callInVain();
        }
        assertThat(silence.isSuspicious()).isTrue();
        assertThat(silence.goOn()).isTrue();
        silence.cleared();
        assertThat(silence.goOn()).isFalse();
        assertThat(started).as("the first looks").hasValue(2);
    }

    @Test
    void doesNotLookOnForAFewCallsInVain() {
        callInVain();
        callInVain();

        assertThat(silence.isSuspicious()).isFalse();
        assertThat(silence.goOn()).isFalse();
    }
}
