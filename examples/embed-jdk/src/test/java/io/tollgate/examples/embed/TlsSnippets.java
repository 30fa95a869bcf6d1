package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.tollgate.testkit.TestAuthority;
import io.tollgate.testkit.TestCertificate;
import io.tollgate.tls.ClientAuth;
import io.tollgate.tls.TlsFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** The examples of TLS. {@link JavadocTest} and {@link PagesTest} compare Javadoc and docs with this file. */
@SuppressWarnings("all")
abstract class TlsSnippets {
    InetSocketAddress address;
    Path directory;

    // TlsFiles
    void server() throws IOException {
        TlsFiles files = TlsFiles.builder()
                .certificate(Path.of("/etc/tls/tls.crt"), Path.of("/etc/tls/tls.key"))
                .authorities(Path.of("/etc/tls/ca.crt"))
                .clientAuth(ClientAuth.REQUIRED)
                .build();
        HttpsServer server = HttpsServer.create(address, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(files.serverContext()));
    }

    // docs/embedding/tls.md
    void client() {
        TlsFiles files = TlsFiles.builder()
                .authorities(Path.of("/etc/tls/ca.crt"))
                .certificate(Path.of("/etc/tls/client.crt"), Path.of("/etc/tls/client.key"))
                .build();
        HttpClient client =
                HttpClient.newBuilder().sslContext(files.clientContext()).build();
    }

    // TestAuthority
    void authority() throws IOException {
        TestAuthority authority = TestAuthority.create("Test authority");
        TestCertificate server = authority.issue("localhost", "127.0.0.1");
        server.write(directory.resolve("tls.crt"), directory.resolve("tls.key"));
        Files.writeString(directory.resolve("ca.crt"), authority.pem());

        TestCertificate expired = authority.issue(Instant.EPOCH, Instant.EPOCH.plusSeconds(60), "localhost");
        TestCertificate strange = TestAuthority.create("Another authority").issue("localhost");
    }
}
