package io.tollgate.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallHeadTest {
    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.7", "2001:db8::7", "::1"})
    void hasTheAddressOfThePeer(String address) throws Exception {
        InetAddress peer = InetAddress.getByName(address);

        assertThat(CallHead.address(new InetSocketAddress(peer, 7))).isEqualTo(peer);
    }

    @Test
    void takesAPeerOnThisMachineForTheLoopbackAddress() {
        SocketAddress unix = UnixDomainSocketAddress.of("/run/chat.sock");

        assertThat(CallHead.address(unix)).isEqualTo(InetAddress.getLoopbackAddress());
    }

    @Test
    void takesAnUnknownPeerForNobodyWhomAProxyRangeIncludes() {
        assertThat(CallHead.address(null).isAnyLocalAddress()).isTrue();
        assertThat(CallHead.address(InetSocketAddress.createUnresolved("host.invalid", 7))
                        .isAnyLocalAddress())
                .isTrue();
    }
}
