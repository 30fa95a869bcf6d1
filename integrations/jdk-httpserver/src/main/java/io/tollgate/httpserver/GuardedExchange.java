package io.tollgate.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpsExchange;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The exchange of an admitted request, as its handler sees it: with the user as its principal. Settles the request when the
 * handler sends its status, on whatever thread it does so.
 */
final class GuardedExchange extends HttpExchange {
    /** Not in the attributes of the server's exchange: all exchanges of a context share those. */
    private static final String ATTRIBUTE = GuardedExchange.class.getName();

    private static final String REALM = "tollgate";

    private final HttpExchange exchange;
    private final GuardedRequest request;
    private final Optional<String> route;
    private final Admitted admitted;
    private final WaitingThread thread;
    private final AtomicBoolean settled = new AtomicBoolean();

    GuardedExchange(
            HttpExchange exchange,
            GuardedRequest request,
            Optional<String> route,
            Admitted admitted,
            WaitingThread thread) {
        this.exchange = exchange;
        this.request = request;
        this.route = route;
        this.admitted = admitted;
        this.thread = thread;
    }

    /** Returns the guarded exchange that {@code exchange} is, or wraps. */
    static Optional<GuardedExchange> of(HttpExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE) instanceof GuardedExchange guarded
                ? Optional.of(guarded)
                : Optional.empty();
    }

    /** Returns the exchange to give to a handler: one of HTTPS if the server's is. */
    HttpExchange forHandler() {
        return exchange instanceof HttpsExchange https ? new GuardedHttpsExchange(this, https) : this;
    }

    Admitted admitted() {
        return admitted;
    }

    /** Returns the user that this filter, or one before it, found. */
    Optional<Principal> principal() {
        return admitted.principal().or(() -> of(exchange).flatMap(GuardedExchange::principal));
    }

    ExchangeHead head() {
        return request.head();
    }

    String requestId() {
        return request.requestId();
    }

    boolean isSettled() {
        return settled.get();
    }

    /** Settles the request by the error that its handler threw, before the response is sent. */
    void fail(ErrorCode error) {
        if (!settled.getAndSet(true)) {
            thread.join(() -> admitted.settle(error));
            request.finished(route, admitted, error, HttpResponse.empty(error.httpStatus()));
        }
    }

    /** Settles a request that ended without a response, for whatever reason. */
    void abort() {
        if (!settled.getAndSet(true)) {
            admitted.close();
            request.finished(route, admitted, CommonError.UNKNOWN_ERROR, HttpResponse.empty(500));
        }
    }

    @Override
    public void sendResponseHeaders(int status, long length) throws IOException {
        if (status >= 200) { // Others are not final.
            int known = Math.min(status, 599);
            if (!settled.getAndSet(true)) {
                thread.join(() -> admitted.settle(known));
                request.finished(route, admitted, null, HttpResponse.empty(known));
            }
            admitted.forEachHeader(getResponseHeaders()::set);
        }
        exchange.sendResponseHeaders(status, length);
    }

    @Override
    public void close() {
        abort();
        exchange.close();
    }

    @Override
    public HttpPrincipal getPrincipal() {
        return principal().map(user -> new HttpPrincipal(user.userId(), REALM)).orElseGet(exchange::getPrincipal);
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        return name.equals(ATTRIBUTE) ? this : exchange.getAttribute(name);
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        exchange.setAttribute(name, value);
    }

    // As the server has it

    @Override
    public Headers getRequestHeaders() {
        return exchange.getRequestHeaders();
    }

    @Override
    public Headers getResponseHeaders() {
        return exchange.getResponseHeaders();
    }

    @Override
    public URI getRequestURI() {
        return exchange.getRequestURI();
    }

    @Override
    public String getRequestMethod() {
        return exchange.getRequestMethod();
    }

    @Override
    public HttpContext getHttpContext() {
        return exchange.getHttpContext();
    }

    @Override
    public InputStream getRequestBody() {
        return exchange.getRequestBody();
    }

    @Override
    public OutputStream getResponseBody() {
        return exchange.getResponseBody();
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
        return exchange.getRemoteAddress();
    }

    @Override
    public int getResponseCode() {
        return exchange.getResponseCode();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return exchange.getLocalAddress();
    }

    @Override
    public String getProtocol() {
        return exchange.getProtocol();
    }

    @Override
    public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {
        exchange.setStreams(in, out);
    }
}
