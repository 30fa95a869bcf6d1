package io.tollgate.examples.netty;

import io.tollgate.servercontract.GreetingServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class HelloServerTest {
    @Test
    void limitsAndAuthenticates() throws Exception {
        GreetingServer.check(
                guard -> new HelloServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), guard),
                server -> server.address().getPort());
    }
}
