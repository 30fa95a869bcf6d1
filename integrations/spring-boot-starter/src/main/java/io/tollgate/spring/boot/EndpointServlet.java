package io.tollgate.spring.boot;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorType;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RequestIds;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Runs an {@link HttpEndpoint} as a servlet, such as a gRPC service over HTTP:
 *
 * <pre>{@code
 * @Bean
 * ServletRegistrationBean<EndpointServlet> library(RequestGuard guard, ErrorRenderer errors) throws IOException {
 *     Transcoder library = Transcoder.builder(Upstream.builder("library", "localhost", 50053).build())
 *             .descriptors(ServiceDescriptors.read(Path.of("library.binpb")))
 *             .build();
 *     return new ServletRegistrationBean<>(new EndpointServlet(library.endpoint(guard, errors), errors), "/v1/*");
 * }
 * }</pre>
 *
 * <p>The endpoint sees paths within the application. The thread of the container reads the body, waits for the response, and writes it; a
 * stream is written as fast as the client reads. Where many streams are open at once, give the container virtual threads. An endpoint with
 * a guard of its own needs none in front of it: add its paths to {@code tollgate.excluded-paths}. Thread-safe.
 */
@SuppressWarnings("serial") // Servlets are serializable by inheritance only.
public final class EndpointServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient HttpEndpoint endpoint;
    private final transient ErrorRenderer errors;

    /**
     * Creates a servlet.
     *
     * @param errors renders failures of the endpoint
     */
    public EndpointServlet(HttpEndpoint endpoint, ErrorRenderer errors) {
        this.endpoint = requireNonNull(endpoint, "endpoint");
        this.errors = requireNonNull(errors, "errors");
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Body body = new Body(new ServletHead(request), request);
        HttpResponse result;
        try {
            result = endpoint.handle(body).toCompletableFuture().join();
        } catch (RuntimeException e) {
            GatewayException error = GatewayException.from(e);
            if (error.code().type() == ErrorType.INTERNAL_ERROR) {
                getServletContext().log("A request failed", error);
            }
            result = errors.render(error, body, RequestIds.of(body));
        }
        response.setStatus(result.status());
        result.forEachHeader(response::setHeader);
        if (result.stream().isEmpty()) {
            response.setContentLength(result.bytes().length);
        }
        if (!request.getMethod().equals("HEAD")) {
            result.writeTo(response.getOutputStream());
        }
    }

    /** A request with its body. */
    private record Body(HttpRequestHead head, HttpServletRequest request) implements HttpRequest {
        @Override
        public CompletionStage<byte[]> body(int maxBytes) {
            try {
                byte[] bytes = request.getInputStream().readNBytes(maxBytes + 1);
                return bytes.length <= maxBytes
                        ? CompletableFuture.completedStage(bytes)
                        : CompletableFuture.failedStage(GatewayException.of(
                                CommonError.BODY_TOO_LARGE, "The body has more than " + maxBytes + " bytes."));
            } catch (IOException e) {
                return CompletableFuture.failedStage(
                        GatewayException.of(CommonError.INVALID_REQUEST, "The body could not be read."));
            }
        }

        @Override
        public String method() {
            return head.method();
        }

        @Override
        public String path() {
            return head.path();
        }

        @Override
        public Optional<String> query() {
            return head.query();
        }

        @Override
        public InetAddress peer() {
            return head.peer();
        }

        @Override
        public List<String> headers(String name) {
            return head.headers(name);
        }
    }
}
