package io.tollgate.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {
    private static InetAddress address(String literal) {
        return AddressRange.parseAddress(literal).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "192.168.1.7, 192.168.1.7, true",
        "192.168.1.7, 192.168.1.8, false",
        "192.168.1.4/30, 192.168.1.7, true",
        "192.168.1.4/30, 192.168.1.8, false",
        "192.168.1.4/31, 192.168.1.6, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "::/0, 2001:db8::1, true",
        "::/0, 203.0.113.9, false",
        "fd00::/8, fdff::1, true",
        "fd00::/8, fe00::1, false",
        "2001:db8::/33, 2001:db8:7fff::, true",
        "2001:db8::/33, 2001:db8:8000::, false",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "::1, ::1, true",
    })
    void containsTheAddressesWithItsPrefix(String range, String address, boolean contains) {
        assertThat(AddressRange.parse(range).contains(address(address))).isEqualTo(contains);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/8/8",
                "10.0.0.0/ 8",
                "10.0.0.1/8",
                "10.0.0",
                "10.0.0.256",
                "010.0.0.1",
                "10.0.0.0/999999999999",
                "localhost",
                "::1%eth0",
                "[::1]",
                "2001:db8::1/64",
                "fd00::/129",
                ":::",
                "1.2.3.4:80",
                "١.٢.٣.٤",
            })
    void isNothingElse(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AddressRange.parse(text))
                .withMessage("address range: " + text
                        + " (expected: an address, or a network such as 10.0.0.0/8 with no bits beyond its prefix)");
    }

    @Test
    void isEqualByValueAndPrintedInCidrNotation() {
        assertThat(AddressRange.parse("10.1.0.0/16"))
                .isEqualTo(AddressRange.parse("10.1.0.0/16"))
                .hasSameHashCodeAs(AddressRange.parse("10.1.0.0/16"))
                .isNotEqualTo(AddressRange.parse("10.1.0.0/17"))
                .hasToString("10.1.0.0/16");
        assertThat(AddressRange.parse("192.0.2.1")).hasToString("192.0.2.1/32");
    }

    @Test
    void mapsIpv4WithinIpv6ToItsFourBytes() throws UnknownHostException {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 1, 2, 3};
        byte[] compatible = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 1, 2, 3};

        assertThat(AddressRange.bytes(java.net.Inet6Address.getByAddress("x", mapped, 0)))
                .containsExactly(10, 1, 2, 3);
        assertThat(AddressRange.bytes(InetAddress.getByAddress(compatible))).hasSize(16);
    }
}
