package io.tollgate.servlet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.descriptor.web.ErrorPage;

/** Tomcat 10.1, or 11 where the class path has that. */
final class TomcatContainer implements Container {
    /** Kept, so that its level is: it tells of each start and stop. */
    private static final Logger log = Logger.getLogger("org.apache");

    private static final AtomicInteger SERVERS = new AtomicInteger();

    private final Tomcat tomcat;
    private final Path folder;
    private final int port;
    private final String threads;

    private TomcatContainer(Tomcat tomcat, Path folder) {
        this.tomcat = tomcat;
        this.folder = folder;
        this.port = tomcat.getConnector().getLocalPort();
        // "http-nio-127.0.0.1-auto-3-40123" with its quotes, of which the port is no part of the names of threads.
        String name = ((AbstractProtocol<?>) tomcat.getConnector().getProtocolHandler()).getName();
        this.threads = name.substring(1, name.lastIndexOf('-') + 1);
    }

    static Container start(String contextPath, Application application) throws Exception {
        return start(contextPath, false, application);
    }

    /** Starts a server that decodes escaped slashes and backslashes. */
    static Container startLenient(Application application) throws Exception {
        return start("", true, application);
    }

    private static Container start(String contextPath, boolean lenient, Application application) throws Exception {
        log.setLevel(Level.SEVERE);
        Path folder = Files.createTempDirectory("tomcat");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder.toString());
        tomcat.getEngine()
                .setName("Tomcat-" + SERVERS.incrementAndGet()); // It names MBeans, of several servers at a time.
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxThreads", Integer.toString(THREADS));
        if (lenient) {
            connector.setEncodedSolidusHandling("decode");
            connector.setAllowBackslash(true);
            connector.setProperty("relaxedPathChars", "\\");
        }
        tomcat.setConnector(connector);
        Context context = tomcat.addContext(contextPath, folder.toString());
        context.addServletContainerInitializer(
                (classes, servletContext) -> application.configure(servletContext), Set.of());
        ErrorPage page = new ErrorPage();
        page.setErrorCode(TEAPOT);
        page.setLocation("/teapot");
        context.addErrorPage(page);
        tomcat.start();
        return new TomcatContainer(tomcat, folder);
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
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException e) {
            throw new IOException("Tomcat does not stop", e);
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        files.forEach(TomcatContainer::delete);
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
