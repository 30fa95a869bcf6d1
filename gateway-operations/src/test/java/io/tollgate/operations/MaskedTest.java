package io.tollgate.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskedTest {
    private static final byte[] IPV6_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "user:37d19871-92f0-4c8a-9c6c-6b6f0e1d4c11 user:37d19871…",
                "user:u-12 user:u-…",
                "user:7 user:…",
                "user:ann@example.org user:a…@ex…",
                "ip:203.0.113.77 ip:203.0.…",
                "ip:127.0.0.1 ip:127.0.0.1",
                "ip:2001:db8:1:2::/64 ip:2001:db8:…",
                "global global",
                "header:x-api-key:abcdef header:x-api-key:abc…",
                "attribute:account:ann@example.org attribute:account:a…@ex…",
                "user:abcdef|ip:203.0.113.77 user:abc…|ip:203.0.…",
                "abcdef abc…"
            })
    void keepsEnoughToRecogniseAndNoMore(String key, String masked) {
        assertThat(Masked.key(key)).isEqualTo(masked);
    }

    @Test
    void keepsRoutes() {
        assertThat(Masked.key("route:GET /health")).isEqualTo("route:GET /health");
    }

    @Test
    void cutsNoCharacterInHalf() {
        assertThat(Masked.user("\ud83c\udfab\ud83c\udfab\ud83c\udfab")).isEqualTo("user:\ud83c\udfab\ud83c\udfab…");
    }

    @Test
    void shortensAddresses() throws Exception {
        assertThat(Masked.address(InetAddress.getByName("203.0.113.77"))).isEqualTo("ip:203.0.…");
        assertThat(Masked.address(InetAddress.getByAddress(IPV6_LOOPBACK))).isEqualTo("ip:0:0:0:0:0:0:0:1");
    }
}
