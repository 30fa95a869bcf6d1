package io.tollgate.examples.helidon;

import io.tollgate.servercontract.GreetingServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock(TestServer.THREADS)
class HelloServerTest {
    @Test
    void limitsAndAuthenticates() throws Exception {
        GreetingServer.check(guard -> new HelloServer(0, guard), HelloServer::port);
    }
}
