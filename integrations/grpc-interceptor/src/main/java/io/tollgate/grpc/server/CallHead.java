package io.tollgate.grpc.server;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.tollgate.api.http.HttpRequestHead;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The head of a call: {@code POST /package.Service/Method}, by the name under which the server found the method, and the
 * metadata that are text.
 */
final class CallHead implements HttpRequestHead {
    /** The peer of a transport that does not give its address. No range of trusted proxies includes it by accident. */
    private static final InetAddress UNKNOWN = unspecified();

    private final String path;
    private final InetAddress peer;
    private final Metadata metadata;

    private CallHead(String path, InetAddress peer, Metadata metadata) {
        this.path = path;
        this.peer = peer;
        this.metadata = metadata;
    }

    static CallHead of(ServerCall<?, ?> call, Metadata metadata) {
        return new CallHead(
                "/" + call.getMethodDescriptor().getFullMethodName(),
                address(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)),
                metadata);
    }

    /** Returns the address of a peer; the loopback address for one on this machine, such as a Unix socket. */
    static InetAddress address(@Nullable SocketAddress peer) {
        if (peer instanceof InetSocketAddress internet) {
            InetAddress address = internet.getAddress();
            return address == null ? UNKNOWN : address;
        }
        return peer == null ? UNKNOWN : InetAddress.getLoopbackAddress();
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public InetAddress peer() {
        return peer;
    }

    @Override
    public List<String> headers(String name) {
        Metadata.Key<String> key = TextKeys.find(name);
        Iterable<String> values = key == null ? null : metadata.getAll(key);
        if (values == null) {
            return List.of();
        }
        List<String> all = new ArrayList<>(1);
        values.forEach(all::add);
        return all;
    }

    @Override
    public String toString() {
        return "CallHead[" + path + "]";
    }

    private static InetAddress unspecified() {
        try {
            return InetAddress.getByAddress(new byte[4]);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // Four bytes are an address.
        }
    }
}
