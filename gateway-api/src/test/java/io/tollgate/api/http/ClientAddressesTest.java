package io.tollgate.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The peer is 10.0.0.1, and 10.0.0.0/8 and fd00::/8 are trusted. Lines of one header are separated by a bar. */
class ClientAddressesTest {
    private static final List<AddressRange> PROXIES =
            List.of(AddressRange.parse("10.0.0.0/8"), AddressRange.parse("fd00::/8"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "for=192.0.2.1 ~ 192.0.2.1",
                "For=192.0.2.1 ~ 192.0.2.1",
                "for=\"192.0.2.1:4711\" ~ 192.0.2.1",
                "for=\"192.0.2.1:_port\" ~ 192.0.2.1",
                "for=\"[2001:db8::1]\" ~ 2001:db8::1",
                "for=\"[2001:db8::1]:4711\" ~ 2001:db8::1",
                "for=\"[::ffff:192.0.2.1]\" ~ 192.0.2.1",
                "for=\"192.0.2\\.1\" ~ 192.0.2.1",
                "by=10.0.0.1;for=192.0.2.1;proto=https;host=\"a;b,c\" ~ 192.0.2.1",
                "for = 192.0.2.1 ; proto=http ~ 192.0.2.1",
                // From the right, to the first that is not trusted.
                "for=198.51.100.7, for=192.0.2.1, for=10.0.0.2 ~ 192.0.2.1",
                "for=198.51.100.7|for=192.0.2.1, for=10.0.0.2|for=\"[fd00::1]\" ~ 192.0.2.1",
                "for=10.0.0.3, for=10.0.0.2 ~ 10.0.0.3",
                "for=192.0.2.1,, ,for=10.0.0.2, ~ 192.0.2.1",
                // What names no address ends the walk at the last good one.
                "for=192.0.2.1, for=unknown ~ 10.0.0.1",
                "for=192.0.2.1, for=unknown, for=10.0.0.2 ~ 10.0.0.2",
                "for=192.0.2.1, for=_hidden ~ 10.0.0.1",
                "for=192.0.2.1, proto=https ~ 10.0.0.1",
                "for=192.0.2.1, for=192.0.2.999 ~ 10.0.0.1",
                "for=192.0.2.1, for=example.org ~ 10.0.0.1",
                "for=192.0.2.1, for=\"example.org:80\" ~ 10.0.0.1",
                "for=192.0.2.1, for= ~ 10.0.0.1",
                "for=192.0.2.1, for ~ 10.0.0.1",
                "for=192.0.2.1, for=\"192.0.2.7 ~ 10.0.0.1",
                "for=192.0.2.1, for=192.0.2.7;for=192.0.2.8 ~ 10.0.0.1",
                // RFC 7239, section 4: colons and brackets need quotes.
                "for=192.0.2.1:80 ~ 10.0.0.1",
                "for=[2001:db8::1] ~ 10.0.0.1",
                "for=\"2001:db8::1\" ~ 2001:db8::1",
                "for=\"[192.0.2.1]\" ~ 10.0.0.1",
                "for=\"[2001:db8::1%eth0]\" ~ 10.0.0.1",
                "for=\"192.0.2.1:123456\" ~ 10.0.0.1",
                // A quote that a client leaves open does not swallow what proxies add.
                "for=\"198.51.100.7, for=192.0.2.1 ~ 192.0.2.1",
                "for=\"198.51.100.7, for=\"[2001:db8::1]:80\" ~ 2001:db8::1",
                "for=\"a\\\", for=192.0.2.1 ~ 192.0.2.1",
            })
    void walksForwarded(String lines, String client) {
        assertThat(client(ClientAddresses.Header.FORWARDED, lines)).isEqualTo(address(client));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "192.0.2.1 ~ 192.0.2.1",
                "192.0.2.1:4711 ~ 192.0.2.1",
                "2001:db8::1 ~ 2001:db8::1",
                "[2001:db8::1] ~ 2001:db8::1",
                "[2001:db8::1]:4711 ~ 2001:db8::1",
                "::ffff:192.0.2.1 ~ 192.0.2.1",
                "::ffff:10.0.0.9, ::ffff:10.0.0.2 ~ 10.0.0.9",
                "198.51.100.7, 192.0.2.1, 10.0.0.2 ~ 192.0.2.1",
                "198.51.100.7|192.0.2.1|10.0.0.2 ~ 192.0.2.1",
                "192.0.2.1, junk, 10.0.0.2 ~ 10.0.0.2",
                "192.0.2.1, unknown ~ 10.0.0.1",
                "192.0.2.1, 010.0.0.2 ~ 10.0.0.1",
                "192.0.2.1, 192.0.2 ~ 10.0.0.1",
                "192.0.2.1, localhost ~ 10.0.0.1",
                "192.0.2.1, \"192.0.2.7\" ~ 10.0.0.1",
                "192.0.2.1, [192.0.2.7] ~ 10.0.0.1",
                "192.0.2.1, [] ~ 10.0.0.1",
                "192.0.2.1, : ~ 10.0.0.1",
                ", ~ 10.0.0.1",
            })
    void walksXForwardedFor(String lines, String client) {
        assertThat(client(ClientAddresses.Header.X_FORWARDED_FOR, lines)).isEqualTo(address(client));
    }

    @ParameterizedTest
    @EnumSource
    void ignoresTheHeaderThatIsNotTheConfiguredOne(ClientAddresses.Header header) {
        TestHead head = new TestHead(address("10.0.0.1"))
                .with("X-Forwarded-For", "192.0.2.1")
                .with("Forwarded", "for=192.0.2.2");
        TestHead forged = new TestHead(address("10.0.0.1"))
                .with(
                        header.other().headerName(),
                        header == ClientAddresses.Header.FORWARDED ? "192.0.2.9" : "for=192.0.2.9");

        assertThat(ClientAddresses.behind(PROXIES, header).of(head))
                .isEqualTo(address(header == ClientAddresses.Header.FORWARDED ? "192.0.2.2" : "192.0.2.1"));
        assertThat(ClientAddresses.behind(PROXIES, header).of(forged)).isEqualTo(address("10.0.0.1"));
    }

    @Test
    void believesNobodyButTrustedProxies() {
        TestHead head = new TestHead(address("203.0.113.5")).with("X-Forwarded-For", "192.0.2.1");

        assertThat(ClientAddresses.behind(PROXIES, ClientAddresses.Header.X_FORWARDED_FOR)
                        .of(head))
                .isEqualTo(address("203.0.113.5"));
        assertThat(ClientAddresses.direct().of(head)).isEqualTo(address("203.0.113.5"));
    }

    private static InetAddress client(ClientAddresses.Header header, String lines) {
        TestHead head = new TestHead(address("10.0.0.1"));
        for (String line : lines.split("\\|")) {
            head.with(header.headerName(), line);
        }
        return ClientAddresses.behind(PROXIES, header).of(head);
    }

    private static InetAddress address(String literal) {
        return AddressRange.parseAddress(literal).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "0:0:0:0:0:0:0:1, 0:0:0:0:0:0:0:1",
        "[2001:db8::1], 2001:db8:0:0:0:0:0:1",
        "fe80::1%eth0, fe80:0:0:0:0:0:0:1",
        "[fe80::1%2], fe80:0:0:0:0:0:0:1",
        "localhost, 0.0.0.0",
        "/run/socket, 0.0.0.0",
        "[, 0.0.0.0",
        "'', 0.0.0.0",
        ", 0.0.0.0"
    })
    void readsAPeerAsServersWriteIt(String text, String address) {
        assertThat(ClientAddresses.peer(text).getHostAddress()).isEqualTo(address);
    }
}
