package io.tollgate.examples.browser;

import io.tollgate.examples.demo.Demo;
import java.util.HashMap;
import java.util.Map;

/** What {@code make run} starts, on free ports, for a browser to visit. */
final class Site implements AutoCloseable {
    private final Demo demo;

    /** Starts it with further variables of the gateway: name, value, name, value. */
    Site(String... variables) {
        Map<String, String> environment = new HashMap<>(
                Map.of("SERVER_HTTP_HOST", "127.0.0.1", "SERVER_HTTP_PORT", "0", "SERVER_ADMIN_PORT", "0"));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        demo = Demo.start(environment);
    }

    /** A page of the public port. */
    String url(String path) {
        return "http://localhost:" + demo.address().getPort() + path;
    }

    /** A page of the operators' port. */
    String adminUrl(String path) {
        return "http://localhost:" + adminPort() + path;
    }

    int adminPort() {
        return demo.adminAddress().orElseThrow().getPort();
    }

    @Override
    public void close() {
        demo.close();
    }
}
