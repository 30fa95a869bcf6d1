package io.tollgate.examples.servlet;

import io.tollgate.servercontract.MeasuredVariant;
import io.tollgate.servlet.GuardFilter;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;

/** Jetty, as {@code make bench-embedded} measures it. */
final class MeasuredJetty {
    private MeasuredJetty() {}

    /** Serves until the process is ended; see {@link MeasuredVariant} for the arguments. */
    public static void main(String[] arguments) throws Exception {
        MeasuredVariant variant = MeasuredVariant.parse(arguments);
        Server server = new Server(variant.address());
        ServletContextHandler application = new ServletContextHandler("/");
        application.addServlet(MeasuredServlet.class, "/hello");
        server.setHandler(application);
        variant.guard().ifPresent(guard -> GuardFilter.of(guard).register(application.getServletContext(), "/*"));
        server.start();
    }
}
