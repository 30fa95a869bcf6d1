package io.tollgate.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PrincipalTest {
    @Test
    void refusesABlankUserId() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Principal.of(" "))
                .withMessageContaining("userId")
                .withMessageContaining("expected: not blank");
    }

    @Test
    void spellsOutSimpleClaimsAndNoOthers() {
        Principal p = new Principal("1", Set.of(), Set.of(), Map.of("plan", "gold", "level", 3, "list", List.of("x")));

        assertThat(p.claim("plan")).contains("gold");
        assertThat(p.claim("level")).contains("3");
        assertThat(p.claim("list")).isEmpty();
        assertThat(p.claim("none")).isEmpty();
    }

    @Test
    void keepsClaimsOutOfItsText() {
        Principal p = new Principal("1", Set.of("buy"), Set.of(), Map.of("email", "ann@example.org"));

        assertThat(p.toString()).contains("userId=1").contains("buy").doesNotContain("ann@");
    }
}
