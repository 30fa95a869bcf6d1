package io.tollgate.servlet;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty 12. */
final class JettyContainer implements Container {
    private static final AtomicInteger STARTED = new AtomicInteger();

    private final Server server;
    private final int port;
    private final String threads;

    private JettyContainer(Server server, ServerConnector connector, String threads) {
        this.server = server;
        this.port = connector.getLocalPort();
        this.threads = threads;
    }

    static Container start(String contextPath, Application application) throws Exception {
        return start(contextPath, UriCompliance.DEFAULT, application);
    }

    /** Starts a server that accepts ambiguous paths, and decodes them for servlets that ask. */
    static Container startLenient(Application application) throws Exception {
        return start("", UriCompliance.UNSAFE, application);
    }

    private static Container start(String contextPath, UriCompliance compliance, Application application)
            throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName("jetty" + STARTED.incrementAndGet());
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setUriCompliance(compliance);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler(contextPath.isEmpty() ? "/" : contextPath);
        context.addServletContainerInitializer((classes, servletContext) -> application.configure(servletContext));
        context.getServletHandler().setDecodeAmbiguousURIs(compliance == UriCompliance.UNSAFE);
        ErrorPageErrorHandler pages = new ErrorPageErrorHandler();
        pages.addErrorPage(TEAPOT, "/teapot");
        context.setErrorHandler(pages);
        server.setHandler(context);
        server.start();
        return new JettyContainer(server, connector, threads.getName() + "-");
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public boolean isServerThread(Thread thread) {
        return thread.getName().startsWith(threads);
    }

    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException("Jetty does not stop", e);
        }
    }
}
