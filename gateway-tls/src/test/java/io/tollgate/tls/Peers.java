package io.tollgate.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** A handshake between a server and a client of two contexts, over a real connection, and one byte in each direction. */
record Peers(SSLSession atServer, SSLSession atClient) {
    static Peers connected(SSLContext server, SSLContext client) throws Exception {
        return connected(server, client, "localhost");
    }

    static Peers connected(SSLContext server, SSLContext client, String name) throws Exception {
        // A plain socket that is wrapped when it is accepted, as servers with engines do: by the context of that
        // moment.
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<SSLSession> atServer = new CompletableFuture<>();
            new Thread(() -> serve(listening, server, atServer)).start();
            try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), listening.getLocalPort());
                    SSLSocket socket = (SSLSocket)
                            client.getSocketFactory().createSocket(plain, name, listening.getLocalPort(), true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.setSoTimeout(30_000);
                socket.getOutputStream().write('a');
                // In TLS 1.3 this is where a client learns that its certificate was rejected.
                if (socket.getInputStream().read() != 'b') {
                    throw new IOException("the server ended the connection");
                }
                return new Peers(atServer.get(), socket.getSession());
            }
        }
    }

    private static void serve(ServerSocket listening, SSLContext context, CompletableFuture<SSLSession> session) {
        try (Socket accepted = listening.accept();
                SSLSocket socket =
                        (SSLSocket) context.getSocketFactory().createSocket(accepted, (InputStream) null, true)) {
            socket.setSoTimeout(30_000);
            socket.getInputStream().read();
            session.complete(socket.getSession());
            socket.getOutputStream().write('b');
            socket.getInputStream().read();
        } catch (Exception e) {
            session.completeExceptionally(e);
        }
    }

    X509Certificate certificateOfServer() throws SSLPeerUnverifiedException {
        return (X509Certificate) atClient.getPeerCertificates()[0];
    }

    X509Certificate certificateOfClient() throws SSLPeerUnverifiedException {
        return (X509Certificate) atServer.getPeerCertificates()[0];
    }
}
