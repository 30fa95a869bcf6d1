package io.tollgate.servlet;

import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
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
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName("jetty" + STARTED.incrementAndGet());
        Server server = new Server(threads);
        ServerConnector connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler(contextPath.isEmpty() ? "/" : contextPath);
        context.addServletContainerInitializer((classes, servletContext) -> application.configure(servletContext));
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
    public void close() throws Exception {
        server.stop();
    }
}
