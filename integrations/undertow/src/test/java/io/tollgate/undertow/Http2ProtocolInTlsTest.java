package io.tollgate.undertow;

import io.tollgate.testkit.TestAuthority;
import io.tollgate.tls.TlsFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The same in TLS, where the handshake chooses HTTP/2. */
class Http2ProtocolInTlsTest extends Http2ProtocolTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create("Test authority");

    @TempDir
    private Path directory;

    private TlsFiles ofServer;
    private TlsFiles ofClient;

    @AfterEach
    void closeFiles() {
        ofServer.close();
        ofClient.close();
    }

    @Override
    UndertowServer.Builder speaksHttp2(UndertowServer.Builder builder) throws IOException {
        AUTHORITY.issue("127.0.0.1").write(directory.resolve("tls.crt"), directory.resolve("tls.key"));
        Files.writeString(directory.resolve("ca.crt"), AUTHORITY.pem());
        ofServer = TlsFiles.builder()
                .certificate(directory.resolve("tls.crt"), directory.resolve("tls.key"))
                .build();
        ofClient = TlsFiles.builder().authorities(directory.resolve("ca.crt")).build();
        return builder.tls(ofServer.serverContext());
    }

    @Override
    Socket socket(InetSocketAddress address) throws IOException {
        SSLSocket socket = (SSLSocket)
                ofClient.clientContext().getSocketFactory().createSocket(address.getAddress(), address.getPort());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }
}
