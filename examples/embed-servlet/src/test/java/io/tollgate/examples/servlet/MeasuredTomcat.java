package io.tollgate.examples.servlet;

import io.tollgate.servercontract.MeasuredVariant;
import io.tollgate.servlet.GuardFilter;
import java.nio.file.Path;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/** Tomcat, as {@code make bench-embedded} measures it. */
final class MeasuredTomcat {
    private MeasuredTomcat() {}

    /** Serves until the process is ended; see {@link MeasuredVariant} for the arguments. */
    public static void main(String[] arguments) throws Exception {
        MeasuredVariant variant = MeasuredVariant.parse(arguments);
        String folder =
                Path.of("tomcat-" + variant.port()).toAbsolutePath().toString(); // Of the benchmark, under target.
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder);
        Connector connector = new Connector();
        connector.setPort(variant.port());
        connector.setProperty("address", variant.address().getHostString());
        connector.setProperty("maxKeepAliveRequests", "-1"); // Else it closes each connection after 100 requests.
        tomcat.setConnector(connector);
        Context application = tomcat.addContext("", folder);
        application.addServletContainerInitializer(
                (classes, context) -> {
                    context.addServlet("hello", MeasuredServlet.class).addMapping("/hello");
                    variant.guard().ifPresent(guard -> GuardFilter.of(guard).register(context, "/*"));
                },
                Set.of());
        tomcat.start();
    }
}
