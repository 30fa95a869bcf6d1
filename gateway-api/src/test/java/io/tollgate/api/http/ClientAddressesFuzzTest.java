package io.tollgate.api.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tollgate.api.http.ClientAddresses.Header;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Lets a client write anything into the header in which trusted proxies name their clients. */
class ClientAddressesFuzzTest {
    private static final AddressRange PROXIES = AddressRange.parse("10.0.0.0/8");
    private static final InetAddress PROXY = address("10.0.0.1");
    private static final InetAddress STRANGER = address("198.51.100.7");
    private static final InetAddress CLIENT = address("203.0.113.9");

    /** A proxy appends to the last line, or adds a line; whatever precedes that, what it wrote decides. */
    @FuzzTest
    void whatAProxyAppendsDecides(byte[] bytes) {
        for (Header header : Header.values()) {
            String client = header == Header.FORWARDED ? "for=203.0.113.9;proto=https" : "203.0.113.9";
            String proxy = header == Header.FORWARDED ? "for=\"10.0.0.2:8080\"" : "10.0.0.2:8080";
            List<String> lines = lines(bytes);

            assertThat(resolved(header, appended(lines, client))).isEqualTo(CLIENT);
            assertThat(resolved(header, appended(lines, client + ", " + proxy))).isEqualTo(CLIENT);
            assertThat(resolved(header, added(lines, client))).isEqualTo(CLIENT);
            assertThat(resolved(header, added(added(lines, client), proxy))).isEqualTo(CLIENT);
        }
    }

    /** The other header, and everything that a stranger writes, is ignored. */
    @FuzzTest
    void whatNoProxyWroteIsIgnored(byte[] bytes) {
        for (Header header : Header.values()) {
            ClientAddresses addresses = ClientAddresses.behind(List.of(PROXIES), header);
            List<String> lines = lines(bytes);

            assertThat(addresses.of(head(STRANGER, header.headerName(), lines))).isEqualTo(STRANGER);
            assertThat(addresses.of(head(PROXY, header.other().headerName(), lines)))
                    .isEqualTo(PROXY);
            assertThat(resolved(header, lines)).isNotNull();
        }
    }

    private static InetAddress resolved(Header header, List<String> lines) {
        return ClientAddresses.behind(List.of(PROXIES), header).of(head(PROXY, header.headerName(), lines));
    }

    private static TestHead head(InetAddress peer, String name, List<String> lines) {
        TestHead head = new TestHead(peer);
        lines.forEach(line -> head.with(name, line));
        return head;
    }

    /** Returns what can be the lines of a header field. */
    private static List<String> lines(byte[] bytes) {
        return List.of(new String(bytes, ISO_8859_1)
                .replace('\r', '\n')
                .replace('\0', '\n')
                .split("\n", 8));
    }

    private static List<String> appended(List<String> lines, String element) {
        List<String> all = new ArrayList<>(lines);
        all.set(all.size() - 1, all.get(all.size() - 1) + ", " + element);
        return all;
    }

    private static List<String> added(List<String> lines, String element) {
        List<String> all = new ArrayList<>(lines);
        all.add(element);
        return all;
    }

    private static InetAddress address(String literal) {
        return AddressRange.parseAddress(literal).orElseThrow();
    }
}
