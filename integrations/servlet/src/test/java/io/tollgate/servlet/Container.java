package io.tollgate.servlet;

import io.tollgate.servercontract.ServerUnderTest;
import jakarta.servlet.ServletContext;

/** A real servlet container with one application, on a free port of the loopback address. */
interface Container extends ServerUnderTest {
    /** The most threads that handle requests. */
    int THREADS = 24;

    /** Configures an application that starts. */
    @FunctionalInterface
    interface Application {
        void configure(ServletContext context);
    }

    /** Starts a container. */
    @FunctionalInterface
    interface Starter {
        /** @param contextPath empty, or of the form {@code /shop} */
        Container start(String contextPath, Application application) throws Exception;
    }
}
