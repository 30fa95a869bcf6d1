package io.tollgate.runner.http.undertow;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CallContext;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.runner.http.Endpoint;
import io.tollgate.runner.http.Errors;
import io.tollgate.runner.http.LogFields;
import io.tollgate.runner.http.Request;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/**
 * One request and its one answer. All of it happens on the connection's I/O thread: a stage that completes elsewhere hops
 * back before anything of the exchange is touched. Whatever happens, the exchange is ended once.
 */
final class Transaction implements Runnable, Request.Source, IoCallback, ExchangeCompletionListener {
    private static final Logger log = LoggerFactory.getLogger(Transaction.class);

    /** For failures of the outermost filter, which is to have none. */
    private static final Errors FALLBACK = new Errors(ErrorRenderer.envelope());

    private final HttpServerExchange exchange;
    private final HttpServerConnection connection;
    private final GuardedConnection guard;
    private final Endpoint endpoint;
    private final Limits limits;
    private final Connections connections;
    private final RequestBody body;
    private final @Nullable String fault;
    private final Request request;

    private @Nullable ClientWatch watch;
    private XnioExecutor.@Nullable Key writeTimeout;
    private boolean answered;
    private boolean over;

    Transaction(HttpServerExchange exchange, Endpoint endpoint, Limits limits, Connections connections) {
        this.exchange = exchange;
        this.connection = (HttpServerConnection) exchange.getConnection();
        this.guard = GuardedConnection.of(exchange);
        this.endpoint = endpoint;
        this.limits = limits;
        this.connections = connections;
        this.fault = Framing.fault(exchange);
        this.body = new RequestBody(exchange, limits);
        this.request = new Request(exchange.getRequestMethod().toString(), Framing.path(exchange), this);
    }

    @Override
    public void run() {
        guard.take();
        exchange.addExchangeCompleteListener(this);
        if (Framing.isChunked(exchange)) {
            ChunkedSource.install(exchange);
        }
        CompletableFuture<HttpResponse> answer;
        try {
            answer = endpoint.handle(request).toCompletableFuture();
        } catch (Throwable e) {
            answer = CompletableFuture.failedFuture(e);
        }
        if (answer.isDone()) {
            CompletableFuture<HttpResponse> unused = answer.whenComplete(this::answer);
            return;
        }
        watch = ClientWatch.start(exchange, guard, request);
        CompletableFuture<HttpResponse> unused = answer.whenComplete((response, failure) -> {
            if (exchange.isInIoThread()) {
                answer(response, failure);
            } else {
                hop(() -> answer(response, failure));
            }
        });
    }

    private void hop(Runnable task) {
        try {
            exchange.getIoThread().execute(task);
        } catch (RejectedExecutionException e) {
            log.debug(
                    "The answer to request {} comes after the server has stopped",
                    request.log().requestId());
        }
    }

    private void answer(@Nullable HttpResponse response, @Nullable Throwable failure) {
        if (answered) {
            return;
        }
        answered = true;
        request.exchange().end();
        if (over) {
            return;
        }
        try {
            write(
                    response != null && failure == null
                            ? response
                            : FALLBACK.response(
                                    request, failure != null ? failure : new NullPointerException("no answer")));
        } catch (Throwable e) {
            LogFields.of(request.log(), log.atError()).setCause(e).log("An answer could not be written");
            IoUtils.safeClose(connection);
        }
    }

    private void write(HttpResponse response) {
        if (watch != null) {
            watch.stop();
        }
        exchange.setStatusCode(response.status());
        BiConsumer<String, String> headers =
                (name, value) -> exchange.getResponseHeaders().put(HeaderNames.of(name), value);
        exchange.getResponseHeaders().put(HeaderNames.CONTENT_TYPE_OPTIONS, "nosniff");
        response.forEachHeader(headers);
        request.exchange().forEachOwed(headers);
        byte[] bytes = response.bytes();
        if (response.status() != 204 && response.status() != 304) {
            exchange.setResponseContentLength(bytes.length);
        }
        decideOnPersistence();
        exchange.getResponseSender().send(ByteBuffer.wrap(bytes), this);
        if (!exchange.isResponseComplete() && !over) {
            writeTimeout = exchange.getIoThread()
                    .executeAfter(
                            () -> IoUtils.safeClose(connection),
                            limits.writeTimeout().toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    private void decideOnPersistence() {
        // While draining, the connection ends with this answer, unless more requests have been read from it already.
        boolean last = connections.isDraining() && connection.getExtraBytes() == null;
        boolean gone = watch != null && watch.sawEndOfStream();
        if (last || gone || fault != null || body.mustClose()) {
            exchange.setPersistent(false);
        }
        if (exchange.isHttp09()) {
            exchange.setProtocol(Protocols.HTTP_1_0);
        }
        if (exchange.isHttp10() && exchange.isPersistent()) {
            exchange.getResponseHeaders().put(Headers.CONNECTION, "keep-alive");
        }
    }

    /** The answer is written. */
    @Override
    public void onComplete(HttpServerExchange same, Sender sender) {
        if (exchange.isRequestComplete()) {
            exchange.endExchange();
        } else if (exchange.isPersistent()) {
            body.discard();
        } else if (exchange.getRequestMethod().equals(Methods.HEAD) && !exchange.isResponseComplete()) {
            sender.close(this); // What has no body is written at the end only; then this is called again.
        } else {
            guard.linger();
        }
    }

    /** The answer could not be written: the client is gone. */
    @Override
    public void onException(HttpServerExchange same, Sender sender, IOException e) {
        log.debug(
                "The client of request {} went away before its answer",
                request.log().requestId(),
                e);
        IoUtils.safeClose(connection);
        exchange.endExchange();
    }

    /** The exchange is over: answered, or cut with its connection. */
    @Override
    public void exchangeEvent(HttpServerExchange same, NextListener next) {
        over = true;
        guard.release();
        if (writeTimeout != null) {
            writeTimeout.remove();
        }
        try {
            body.end();
            if (!answered) {
                request.exchange().end();
                request.exchange().abandon();
            }
        } catch (RuntimeException e) {
            LogFields.of(request.log(), log.atError()).setCause(e).log("A cancellation failed");
        } finally {
            next.proceed();
        }
    }

    @Override
    public InetAddress peer() {
        return guard.peer();
    }

    @Override
    public Optional<String> query() {
        return Framing.query(exchange);
    }

    @Override
    public @Nullable String fault() {
        return fault;
    }

    @Override
    public @Nullable String header(String name) {
        return exchange.getRequestHeaders().getFirst(name);
    }

    @Override
    public List<String> headers(String name) {
        List<String> values = exchange.getRequestHeaders().get(name);
        return values == null ? List.of() : values;
    }

    @Override
    public CompletionStage<byte[]> body() {
        return body.read();
    }

    @Override
    public CallContext.Registration schedule(long millis, Runnable task) {
        XnioExecutor.Key key =
                requireNonNull(exchange.getIoThread(), "thread").executeAfter(task, millis, TimeUnit.MILLISECONDS);
        return key::remove;
    }
}
