package io.tollgate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneLineTest {
    @Test
    void keepsWhatPrints() {
        assertThat(OneLine.of("Jürgen bought 東京 \uD83C\uDFAB for 5 €"))
                .isEqualTo("Jürgen bought 東京 \uD83C\uDFAB for 5 €");
    }

    @Test
    void makesOneSpaceOfWhatDoesNotPrint() {
        assertThat(OneLine.of("\r\n a\u0000\u001b[31m\u2028b\u00a0\u200b\u202ec\uD800d\t\n"))
                .isEqualTo("a [31m b c d");
    }

    @Test
    void isEmptyWhereNothingPrints() {
        assertThat(OneLine.of("")).isEmpty();
        assertThat(OneLine.of(" \n\u0007")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"255, 255", "256, 256", "257, 256", "100000, 256"})
    void endsAfter256Characters(int length, int expected) {
        assertThat(OneLine.of("x".repeat(length))).hasSize(expected);
    }

    @Test
    void cutsNoCharacterInTwo() {
        assertThat(OneLine.of("x".repeat(255) + "\uD83C\uDFAB")).isEqualTo("x".repeat(255));
        assertThat(OneLine.of("x".repeat(254) + "\uD83C\uDFAB")).hasSize(256);
    }

    @Test
    void isAlwaysOnePrintableLine() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(400); n > 0; n--) {
                text.append((char) random.nextInt(random.nextBoolean() ? 0x10000 : 0x80));
            }
            String line = OneLine.of(text.toString());

            assertThat(line).as("seed %d", seed).hasSizeLessThanOrEqualTo(256).isEqualTo(line.strip());
            assertThat(line.codePoints())
                    .as("seed %d", seed)
                    .noneMatch(c -> Character.isISOControl(c)
                            || Character.getType(c) == Character.SURROGATE
                            || Character.getType(c) == Character.FORMAT
                            || Character.getType(c) == Character.LINE_SEPARATOR);
        }
    }
}
