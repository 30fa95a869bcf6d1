package io.tollgate.examples.benchmarks.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Ports of the loopback interface. */
public final class Ports {
    private Ports() {}

    /** Returns a port that was free a moment ago. */
    public static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Returns the address of {@code port} on the loopback interface. */
    public static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Returns whether something listens on {@code port}. */
    public static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(address(port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
