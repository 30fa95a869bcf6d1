package io.tollgate.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;

/**
 * Makes server sockets with settings. A server socket keeps the context that it was made with, and so the session tickets of that
 * generation; its certificate and its authorities are the current ones all the same.
 */
final class ReloadingServerSockets extends SSLServerSocketFactory {
    private final Supplier<SSLServerSocketFactory> current;
    private final Supplier<SSLParameters> parameters;

    ReloadingServerSockets(Supplier<SSLServerSocketFactory> current, Supplier<SSLParameters> parameters) {
        this.current = current;
        this.parameters = parameters;
    }

    private ServerSocket withSettings(ServerSocket socket) {
        ((SSLServerSocket) socket).setSSLParameters(parameters.get());
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
    public ServerSocket createServerSocket() throws IOException {
        return withSettings(current.get().createServerSocket());
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
        return withSettings(current.get().createServerSocket(port));
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
        return withSettings(current.get().createServerSocket(port, backlog));
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
        return withSettings(current.get().createServerSocket(port, backlog, address));
    }
}
