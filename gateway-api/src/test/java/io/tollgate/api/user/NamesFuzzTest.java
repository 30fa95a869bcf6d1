package io.tollgate.api.user;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.text.Normalizer;
import java.util.regex.Pattern;

class NamesFuzzTest {
    /** The categories by their names, which the code has as numbers. */
    private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}\\p{Zl}\\p{Zp}]");

    private static final Pattern BEGINS_WITH_A_MARK = Pattern.compile("^\\p{M}");

    /** RFC 5321 and 5322 for ASCII: an atom with dots, and a domain of labels. */
    private static final Pattern ASCII_ADDRESS =
            Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
                    + "@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\\.)+[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?");

    @FuzzTest
    void aUsernameThatIsValidIsVisible(byte[] bytes) {
        String name = new String(bytes, UTF_8);
        boolean visible = VisibleText.isVisible(name);

        if (INVISIBLE.matcher(name).find() || BEGINS_WITH_A_MARK.matcher(name).find() || name.isBlank()) {
            assertThat(visible).isFalse();
        }
        if (visible) {
            assertThat(name).isNotEmpty().isEqualTo(name.strip()).doesNotContain("  ");
            assertThat(name.replace(" ", "").codePoints()).noneMatch(Character::isSpaceChar);
            // Canonical equivalents look the same, and are equally visible.
            assertThat(VisibleText.isVisible(Normalizer.normalize(name, Normalizer.Form.NFD)))
                    .isTrue();
        }
        if (Username.isValid(name)) {
            assertThat(name.codePointCount(0, name.length())).isBetween(3, 50);
            assertThat(visible).isTrue();
        }
    }

    @FuzzTest
    void anEmailAddressThatIsValidHasItsParts(byte[] bytes) {
        String address = new String(bytes, UTF_8);
        boolean valid = EmailAddress.isValid(address);

        if (valid) {
            assertThat(address.chars().filter(c -> c == '@').count()).isEqualTo(1);
            assertThat(address.codePointCount(0, address.length())).isLessThanOrEqualTo(254);
            assertThat(INVISIBLE.matcher(address).find()).isFalse();
            assertThat(address).doesNotContainAnyWhitespaces().doesNotContain("..");
        }
        if (address.chars().allMatch(c -> c < 0x80) && address.length() <= 60) {
            assertThat(valid).isEqualTo(ASCII_ADDRESS.matcher(address).matches());
        }
    }
}
