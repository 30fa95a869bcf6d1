package io.tollgate.undertow;

import io.undertow.connector.ByteBufferPool;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.OptionMap;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.ssl.SslConnection;

/** The TLS of a server: makes handshakes, whose expensive parts run on the tasks of the worker, not on I/O threads. */
final class Tls {
    private static final Logger log = LoggerFactory.getLogger(UndertowServer.class);
    private static final String H2 = "h2";
    private static final String HTTP_1_1 = "http/1.1";

    /** The first byte of a record that begins a handshake (RFC 8446, section 5.1); no request in the clear begins with it. */
    static final byte HANDSHAKE = 0x16;

    private final ServerSettings.Security settings;
    private final UndertowXnioSsl xnio;
    private final LongAdder failures;

    /**
     * Makes handshakes.
     *
     * @param failures counts those that fail
     */
    Tls(ServerSettings.Security settings, XnioWorker worker, ByteBufferPool buffers, LongAdder failures) {
        this.settings = settings;
        this.failures = failures;
        this.xnio = new UndertowXnioSsl(
                Xnio.getInstance(Tls.class.getClassLoader()),
                OptionMap.EMPTY,
                buffers,
                settings.context(),
                task -> worker.execute(task));
    }

    /** Makes a handshake on a connection, and then speaks HTTP/2 or HTTP/1.1, as the client chooses. */
    void start(GuardedConnection guarded, Consumer<GuardedConnection> http1, Consumer<GuardedConnection> http2) {
        SslConnection secured = xnio.wrapExistingConnection(guarded.connection(), OptionMap.EMPTY, false);
        SSLEngine engine = UndertowXnioSsl.getSslEngine(secured);
        if (settings.http2()) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {H2, HTTP_1_1});
            engine.setSSLParameters(parameters);
        }
        guarded.secure(secured);
        new Handshake(guarded, secured, engine, http1, http2).start();
    }

    /** A handshake, within the time that a head may take. */
    private final class Handshake implements GuardedConnection.Protocol {
        private final GuardedConnection guarded;
        private final SslConnection secured;
        private final SSLEngine engine;
        private final Consumer<GuardedConnection> http1;
        private final Consumer<GuardedConnection> http2;

        /** The bytes that the client sends right behind its part of the handshake. */
        private final ByteBuffer first = ByteBuffer.allocate(Http2Reader.PREFACE.length);

        private boolean finished;
        private boolean over;

        Handshake(
                GuardedConnection guarded,
                SslConnection secured,
                SSLEngine engine,
                Consumer<GuardedConnection> http1,
                Consumer<GuardedConnection> http2) {
            this.guarded = guarded;
            this.secured = secured;
            this.engine = engine;
            this.http1 = http1;
            this.http2 = http2;
        }

        void start() {
            guarded.speak(this);
            secured.getHandshakeSetter().set(same -> finished());
            secured.setCloseListener(closed -> fail());
            secured.getSourceChannel().setReadListener(channel -> read());
            secured.getSourceChannel().resumeReads();
            read();
        }

        private void read() {
            if (over) {
                return;
            }
            try {
                int read = guarded.source().read(first);
                if (read < 0) {
                    guarded.close();
                    return;
                }
            } catch (IOException e) {
                log.atDebug()
                        .addKeyValue("peer", guarded.peer().getHostAddress())
                        .log("A TLS handshake failed: {}", e.getMessage());
                guarded.close();
                return;
            }
            proceed();
        }

        private void finished() {
            if (over) {
                renegotiated();
            } else {
                finished = true;
                guarded.run(this::proceed); // Not now: the engine is in the middle of something.
            }
        }

        /** Ends the connection, on which the client has begun another handshake: it costs the server more than the client. */
        private void renegotiated() {
            if (!engine.getSession().getProtocol().equals("TLSv1.3")) { // There it is an update of keys.
                guarded.run(guarded::close);
            }
        }

        private void proceed() {
            if (over || !finished || !secured.isOpen()) {
                return;
            }
            over = true;
            secured.getSourceChannel().suspendReads();
            if (engine.getNeedClientAuth() || engine.getWantClientAuth()) {
                authenticate();
            }
            guarded.unread(first.flip());
            if (H2.equals(engine.getApplicationProtocol())) {
                http2.accept(guarded);
            } else {
                http1.accept(guarded);
            }
        }

        private void authenticate() {
            try {
                if (engine.getSession().getPeerCertificates()[0] instanceof X509Certificate client) {
                    guarded.authenticated(client);
                }
            } catch (SSLPeerUnverifiedException e) {
                log.atTrace().setCause(e).log("A client has no certificate"); // Which is optional.
            }
        }

        private void fail() {
            if (!over) {
                over = true;
                failures.increment();
            }
        }

        @Override
        public void evict(boolean withResponse, Consumer<GuardedConnection.Outcome> outcome) {
            guarded.closeNow(outcome);
        }

        /** Does nothing: the protocol that is spoken next ends the connection. */
        @Override
        public void drain() {}

        /** Closes the connection, on which no request can be on its way. */
        @Override
        public void closeIfIdle() {
            guarded.close();
        }

        @Override
        public void expire() {
            guarded.close();
        }
    }
}
