package io.tollgate.examples.clients;

import io.tollgate.examples.demo.Demo;
import io.tollgate.testkit.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The demo that {@code make run} starts, on free ports, for a client to use. */
public final class Site implements AutoCloseable {
    private final Demo demo;

    /** Starts it with further variables of the gateway: name, value, name, value. */
    public Site(String... variables) {
        Map<String, String> environment = new HashMap<>(
                Map.of("SERVER_HTTP_HOST", "127.0.0.1", "SERVER_HTTP_PORT", "0", "SERVER_ADMIN_PORT", "0"));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        demo = Demo.start(environment);
    }

    /** Starts it with TLS on both ports, and writes the certificate of the authority to {@code ca.crt} in {@code folder}. */
    public static Site withTls(TestAuthority authority, Path folder, String... variables) throws IOException {
        Path certificate = folder.resolve("tls.crt");
        Path key = folder.resolve("tls.key");
        authority.issue("localhost", "127.0.0.1").write(certificate, key);
        Files.writeString(folder.resolve("ca.crt"), authority.pem());
        List<String> all = new ArrayList<>(List.of(variables));
        for (String port : List.of("SERVER_HTTP_TLS_", "SERVER_ADMIN_TLS_")) {
            all.addAll(List.of(port + "ENABLED", "true", port + "CERT", certificate.toString()));
            all.addAll(List.of(port + "KEY", key.toString()));
        }
        return new Site(all.toArray(String[]::new));
    }

    /** Returns the URL of a page of the public port. */
    public String url(String path) {
        return demo.url() + path;
    }

    /** Returns {@code 127.0.0.1} and the public port. */
    public String address() {
        return "127.0.0.1:" + demo.url().getPort();
    }

    /** Returns the URL of a page of the operators' port. */
    public String adminUrl(String path) {
        return demo.adminUrl().orElseThrow() + path;
    }

    /** Returns the operators' port. */
    public int adminPort() {
        return demo.adminUrl().orElseThrow().getPort();
    }

    @Override
    public void close() {
        demo.close();
    }
}
