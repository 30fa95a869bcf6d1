package io.tollgate.undertow;

import io.undertow.server.protocol.http.HttpOpenListener;
import org.xnio.OptionMap;

/** Starts to speak a protocol on each connection of a server. */
final class Protocols {
    private final Server server;
    private final HttpOpenListener undertow;

    Protocols(Server server, OptionMap options) {
        this.server = server;
        this.undertow = new HttpOpenListener(server.buffers(), options);
        undertow.setRootHandler(new UndertowAdapter(server));
    }

    /** Speaks what the client speaks. */
    void start(GuardedConnection connection) {
        if (server.settings().h2c()) {
            Arrival.start(connection, server.settings(), this);
        } else {
            http1(connection);
        }
    }

    void http1(GuardedConnection connection) {
        HeadBytes head = new HeadBytes(server.settings().heads().maxParts());
        connection.speak(new Http1Connection(connection, head));
        undertow.handleEvent(connection.connection());
    }

    void http2(GuardedConnection connection) {
        Http2Connection.start(connection, server);
    }
}
