package io.tollgate.examples.javalin;

import io.tollgate.servercontract.GreetingServer;
import org.junit.jupiter.api.Test;

class HelloServerTest {
    @Test
    void limitsAndAuthenticates() throws Exception {
        GreetingServer.check(guard -> new HelloServer(0, guard), HelloServer::port);
    }
}
