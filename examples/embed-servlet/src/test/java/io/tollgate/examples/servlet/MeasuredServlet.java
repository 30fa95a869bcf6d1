package io.tollgate.examples.servlet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.servercontract.MeasuredVariant;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The servlet in the containers that {@code make bench-embedded} measures. */
public final class MeasuredServlet extends HttpServlet {
    private static final byte[] GREETING = MeasuredVariant.GREETING.getBytes(UTF_8);

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain");
        response.setContentLength(GREETING.length);
        response.getOutputStream().write(GREETING);
    }
}
