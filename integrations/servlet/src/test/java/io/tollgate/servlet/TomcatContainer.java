package io.tollgate.servlet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/** Tomcat 10.1, or 11 where the class path has that. */
final class TomcatContainer implements Container {
    private final Tomcat tomcat;
    private final Path folder;

    private TomcatContainer(Tomcat tomcat, Path folder) {
        this.tomcat = tomcat;
        this.folder = folder;
    }

    static Container start(String contextPath, Application application) throws Exception {
        Path folder = Files.createTempDirectory("tomcat");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder.toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxThreads", Integer.toString(THREADS));
        tomcat.setConnector(connector);
        Context context = tomcat.addContext(contextPath, folder.toString());
        context.addServletContainerInitializer(
                (classes, servletContext) -> application.configure(servletContext), Set.of());
        tomcat.start();
        return new TomcatContainer(tomcat, folder);
    }

    @Override
    public int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public boolean isServerThread(Thread thread) {
        return thread.getName().startsWith("http-nio-");
    }

    @Override
    public void close() throws Exception {
        tomcat.stop();
        tomcat.destroy();
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
