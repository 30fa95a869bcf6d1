package io.tollgate.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Makes sockets of the current generation, with settings. */
final class ReloadingSockets extends SSLSocketFactory {
    private final Supplier<SSLSocketFactory> current;
    private final Supplier<SSLParameters> parameters;

    ReloadingSockets(Supplier<SSLSocketFactory> current, Supplier<SSLParameters> parameters) {
        this.current = current;
        this.parameters = parameters;
    }

    private Socket withSettings(Socket socket) {
        ((SSLSocket) socket).setSSLParameters(parameters.get());
        return socket;
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return parameters.get().getCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return current.get().getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket() throws IOException {
        return withSettings(current.get().createSocket());
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        return withSettings(current.get().createSocket(socket, host, port, autoClose));
    }

    @Override
    public Socket createSocket(Socket socket, InputStream consumed, boolean autoClose) throws IOException {
        return withSettings(current.get().createSocket(socket, consumed, autoClose));
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return withSettings(current.get().createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return withSettings(current.get().createSocket(host, port, local, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return withSettings(current.get().createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return withSettings(current.get().createSocket(host, port, local, localPort));
    }
}
