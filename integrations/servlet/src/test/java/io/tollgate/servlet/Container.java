package io.tollgate.servlet;

import io.tollgate.servercontract.ServerUnderTest;
import jakarta.servlet.ServletContext;
import java.io.IOException;

/** A real servlet container with one application, on a free port of the loopback address. */
interface Container extends ServerUnderTest {
    /** The most threads that handle requests. */
    int THREADS = 24;

    /** The status whose error page is {@code /teapot}. */
    int TEAPOT = 418;

    @Override
    void close() throws IOException;

    /** Configures an application that starts. */
    @FunctionalInterface
    interface Application {
        void configure(ServletContext context);
    }
}
