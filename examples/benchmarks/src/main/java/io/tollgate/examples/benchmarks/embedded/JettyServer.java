package io.tollgate.examples.benchmarks.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.examples.benchmarks.process.Ports;
import io.tollgate.servlet.GuardFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** Jetty, with a servlet. */
final class JettyServer {
    private static final byte[] HELLO = "Hello\n".getBytes(UTF_8);

    private JettyServer() {}

    /** Serves until the process is ended; see {@link Server} for the arguments. */
    public static void main(String[] args) throws Exception {
        org.eclipse.jetty.server.Server server =
                new org.eclipse.jetty.server.Server(Ports.address(Integer.parseInt(args[0])));
        ServletContextHandler application = new ServletContextHandler("/");
        application.addServlet(Hello.class, "/hello");
        server.setHandler(application);
        if (!args[1].equals(Server.BARE)) {
            GuardFilter.of(Guards.of(args[1], args[2])).register(application.getServletContext(), "/*");
        }
        server.start();
    }

    /** Greets. */
    public static final class Hello extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/plain");
            response.setContentLength(HELLO.length);
            response.getOutputStream().write(HELLO);
        }
    }
}
