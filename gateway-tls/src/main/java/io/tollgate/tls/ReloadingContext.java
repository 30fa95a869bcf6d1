package io.tollgate.tls;

import io.tollgate.tls.TlsFiles.Generation;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A context whose engines and sockets have the settings of {@link TlsParameters}. Each generation has a context of the JDK of its
 * own, and with it session tickets of its own, which no later generation accepts.
 */
final class ReloadingContext extends SSLContextSpi {
    private final Supplier<Generation> generation;
    private final KeyManager keyManager;
    private final TrustManager trustManager;
    private final TlsParameters parameters;
    private final boolean client;

    private volatile Made made;

    private record Made(int generation, SSLContext context) {}

    private ReloadingContext(
            Supplier<Generation> generation,
            KeyManager keyManager,
            TrustManager trustManager,
            TlsParameters parameters,
            boolean client) {
        this.generation = generation;
        this.keyManager = keyManager;
        this.trustManager = trustManager;
        this.parameters = parameters;
        this.client = client;
        this.made = make();
    }

    static SSLContext create(
            Supplier<Generation> generation,
            KeyManager keyManager,
            TrustManager trustManager,
            TlsParameters parameters,
            boolean client) {
        ReloadingContext spi = new ReloadingContext(generation, keyManager, trustManager, parameters, client);
        SSLContext first = spi.made.context();
        return new SSLContext(spi, first.getProvider(), first.getProtocol()) {};
    }

    private SSLContext context() {
        Made last = made;
        if (last.generation() == generation.get().number()) {
            return last.context();
        }
        synchronized (this) {
            if (made.generation() != generation.get().number()) {
                made = make();
            }
            return made.context();
        }
    }

    private Made make() {
        int number = generation.get().number();
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keyManager}, new TrustManager[] {trustManager}, null);
            return new Made(number, context);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private SSLParameters withSettings(SSLContext context) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        return parameters.over(engine.getSSLParameters(), client);
    }

    private SSLEngine withSettings(SSLEngine engine) {
        engine.setUseClientMode(client);
        engine.setSSLParameters(parameters.over(engine.getSSLParameters(), client));
        return engine;
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        return withSettings(context().createSSLEngine());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        return withSettings(context().createSSLEngine(host, port));
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        return new ReloadingSockets(() -> context().getSocketFactory(), this::parameters);
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        return new ReloadingServerSockets(() -> context().getServerSocketFactory(), this::parameters);
    }

    private SSLParameters parameters() {
        return withSettings(context());
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        return parameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        return context().getSupportedSSLParameters();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        return context().getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        return context().getClientSessionContext();
    }

    @Override
    protected void engineInit(
            KeyManager @Nullable [] keys, TrustManager @Nullable [] trusted, @Nullable SecureRandom random) {
        throw new IllegalStateException("this context has its files already");
    }
}
