package io.tollgate.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bytes of a place that count, whatever is promised of them and released meanwhile. */
class PlaceTest {
    /** No connection: these tests evict none. */
    @SuppressWarnings("NullAway")
    private final Place place = new Place(null, null);

    private long counted;

    @BeforeEach
    void holdSome() {
        counted += place.hold(100);
        place.releasable(30);
        place.enter(Phase.SHARED);
    }

    @Test
    void countsWhatWasPromisedOnlyIfItIsNotReleased() {
        counted -= place.promise();
        assertThat(counted).isEqualTo(70);

        counted += place.hold(-20);
        assertThat(counted).isEqualTo(70);

        counted += place.endPromise();
        assertThat(counted).isEqualTo(80);
    }

    @Test
    void countsAtOnceWhatIsReleasedBeyondThePromise() {
        counted -= place.promise();

        counted += place.hold(-50);
        assertThat(counted).isEqualTo(50);
        assertThat(place.endPromise()).isZero();
    }

    @Test
    void promisesOnceAndNothingOfAVacantPlace() {
        assertThat(place.promise()).isEqualTo(30);
        assertThat(place.mayGiveWay()).isFalse();
        assertThat(place.promise()).isZero();

        assertThat(place.endPromise()).isEqualTo(30);
        assertThat(place.mayGiveWay()).isTrue();
        place.vacate();
        assertThat(place.promise()).isZero();
        assertThat(place.mayGiveWay()).isFalse();
    }

    @Test
    void countsExactlyInAnyOrder() {
        long seed = System.nanoTime();
        System.out.println("PlaceTest: seed " + seed);
        Random random = new Random(seed);
        boolean taken = true;
        for (int i = 0; i < 10_000; i++) {
            place.releasable(random.nextInt((int) place.bytes() + 1));
            switch (random.nextInt(8)) {
                case 0 -> {
                    counted -= Math.max(0, place.vacate());
                    taken = false;
                }
                case 1 -> {
                    counted += Math.max(0, place.retake());
                    taken = true;
                }
                case 2 -> counted -= place.promise();
                case 3 -> {
                    counted += place.endPromise();
                    assertThat(counted).isEqualTo(taken ? place.bytes() : 0);
                }
                case 4 -> counted -= place.release();
                case 5 -> counted += place.hold(-random.nextInt((int) place.bytes() + 1));
                default -> counted += place.hold(random.nextInt(100));
            }
            assertThat(counted).isBetween(0L, taken ? place.bytes() : 0);
        }
    }

    @Test
    void isNoCandidateWithoutBytesOfBodiesThatArrive() {
        place.releasable(0);
        assertThat(new Evictions.Candidate(place, place.stamp()).isValid()).isFalse();

        place.enter(Phase.BODY);
        assertThat(new Evictions.Candidate(place, place.stamp()).isValid()).isTrue();
    }
}
