package io.tollgate.undertow;

import io.undertow.server.protocol.http.HttpOpenListener;
import org.jspecify.annotations.Nullable;
import org.xnio.OptionMap;

/** Starts to speak a protocol on each connection of a server. */
final class Protocols {
    private static final byte[] TLS = {Tls.HANDSHAKE};

    private final Server server;
    private final @Nullable Tls tls;
    private final HttpOpenListener undertow;

    /** Speaks with clients; only in TLS if there is any. */
    Protocols(Server server, @Nullable Tls tls, OptionMap options) {
        this.server = server;
        this.tls = tls;
        this.undertow = new HttpOpenListener(server.buffers(), options);
        undertow.setRootHandler(new UndertowAdapter(server));
    }

    /** Speaks what the client speaks. */
    void start(GuardedConnection connection) {
        ServerSettings settings = server.settings();
        Tls secured = tls;
        if (secured != null) {
            Arrival.read(
                    connection, settings, TLS, one -> secured.start(one, this::http1, this::http2), this::inTheClear);
        } else if (settings.h2c()) {
            Arrival.read(connection, settings, Http2Reader.PREFACE, this::http2, this::http1);
        } else {
            http1(connection);
        }
    }

    private void http1(GuardedConnection connection) {
        HeadBytes head = new HeadBytes(server.settings().heads().maxParts());
        connection.neverExpire();
        connection.place().enter(Phase.IDLE); // Reads its first bytes, again, right now.
        connection.speak(new Http1Connection(connection, head));
        undertow.handleEvent(connection.connection());
    }

    private void http2(GuardedConnection connection) {
        Http2Connection.start(connection, server);
    }

    private void inTheClear(GuardedConnection connection) {
        connection.respondAndLinger(Rejections.invalid("This port speaks HTTPS only: the URL must begin with https."));
    }
}
