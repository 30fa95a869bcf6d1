package io.tollgate.undertow;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CallContext;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpResponse;
import io.undertow.connector.PooledByteBuffer;
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
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSinkChannel;

/**
 * One request and its one response. All of it happens on the connection's I/O thread: a stage that completes elsewhere hops
 * back before anything of the exchange is touched. Whatever happens, the exchange is ended once.
 *
 * <p>For filters, logs and metrics a request has its response when that is ready to be written, streams included: the duration
 * of a stream is the time until its head. An open stream still counts as a request in flight.
 */
final class Transaction
        implements Runnable, ServerRequest, IoCallback, ExchangeCompletionListener, ResponseStream.Listener {
    private static final Logger log = LoggerFactory.getLogger(Transaction.class);

    private final HttpServerExchange exchange;
    private final HttpServerConnection connection;
    private final GuardedConnection guard;
    private final ServerSettings.Limits limits;
    private final Connections connections;
    private final RequestBody body;
    private final @Nullable GatewayException fault;
    private final String path;
    private final long arrivedNanos;
    private final ServerExchange application;

    private @Nullable ClientWatch watch;
    private @Nullable ResponseStream stream;
    private XnioExecutor.@Nullable Key writeTimeout;
    private boolean answered;
    private boolean ended;
    private boolean written;
    private boolean over;

    Transaction(
            HttpServerExchange exchange,
            ServerEndpoint endpoint,
            ServerSettings.Limits limits,
            Connections connections) {
        this.exchange = exchange;
        this.connection = (HttpServerConnection) exchange.getConnection();
        this.guard = GuardedConnection.of(exchange);
        this.limits = limits;
        this.connections = connections;
        this.fault = Framing.fault(exchange, guard);
        this.body = new RequestBody(exchange, limits, guard);
        this.path = Framing.path(exchange);
        this.arrivedNanos = System.nanoTime();
        this.application = endpoint.begin(this);
    }

    @Override
    public void run() {
        guard.beginExchange();
        exchange.addExchangeCompleteListener(this);
        if (Framing.isChunked(exchange)) {
            ChunkedSource.install(exchange);
        }
        CompletableFuture<HttpResponse> answer;
        try {
            answer = application.respond().toCompletableFuture();
        } catch (Throwable e) {
            answer = CompletableFuture.failedFuture(e);
        }
        if (answer.isDone()) {
            CompletableFuture<HttpResponse> unused = answer.whenComplete(this::answer);
            return;
        }
        watch = ClientWatch.start(exchange, guard, arrivedNanos, false, this::leave);
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
            line(log.atDebug()).log("A response comes after the server has stopped");
        }
    }

    private void answer(@Nullable HttpResponse response, @Nullable Throwable failure) {
        if (answered) {
            return;
        }
        answered = true;
        if (response == null || response.stream().isEmpty()) {
            endRequest();
        }
        if (over) {
            return;
        }
        try {
            write(
                    response != null && failure == null
                            ? response
                            : application.failed(failure != null ? failure : new NullPointerException("response")));
        } catch (Throwable e) {
            line(log.atError()).setCause(e).log("A response could not be written");
            IoUtils.safeClose(connection);
        }
    }

    private void endRequest() {
        if (!ended) {
            ended = true;
            application.onEnd();
        }
    }

    private void write(HttpResponse response) {
        exchange.setStatusCode(response.status());
        ResponseHeaders.write(response, application, exchange.getResponseHeaders());
        boolean mayHaveBody = response.status() != 204 && response.status() != 304;
        Flow.Publisher<ByteBuffer> body = response.stream().orElse(null);
        if (body != null && mayHaveBody) {
            frameStream();
        } else if (mayHaveBody) {
            exchange.setResponseContentLength(response.bytes().length);
        }
        decideOnPersistence();
        if (body != null && mayHaveBody && !exchange.getRequestMethod().equals(Methods.HEAD)) {
            writeStream(body);
        } else {
            writeBytes(response.bytes());
        }
    }

    private void writeBytes(byte[] bytes) {
        if (watch != null) {
            watch.stop();
        }
        exchange.getResponseSender().send(ByteBuffer.wrap(bytes), this);
        if (!written && !over) {
            guard.awaitClient();
            writeTimeout = exchange.getIoThread()
                    .executeAfter(
                            () -> IoUtils.safeClose(connection),
                            limits.writeTimeout().toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    /** Lets the client tell a stream that ends from one that breaks off, which a client of HTTP/1.0 cannot. */
    private void frameStream() {
        if (exchange.getResponseHeaders().contains(Headers.CONTENT_LENGTH)) {
            return;
        }
        if (exchange.isHttp11()) {
            exchange.getResponseHeaders().put(Headers.TRANSFER_ENCODING, Headers.CHUNKED.toString());
        } else {
            exchange.setPersistent(false);
        }
    }

    private void writeStream(Flow.Publisher<ByteBuffer> body) {
        if (watch == null) {
            watch = ClientWatch.start(exchange, guard, arrivedNanos, true, this::leave);
        } else {
            watch.stream();
        }
        StreamSinkChannel channel = requireNonNull(exchange.getResponseChannel(), "channel");
        ResponseStream started = new ResponseStream(channel, exchange.getIoThread(), limits.writeTimeout(), this);
        stream = started;
        started.start(body);
    }

    /** The client went away. */
    private void leave() {
        application.onClientGone();
        if (stream != null) {
            IoUtils.safeClose(connection);
        }
    }

    @Override
    public void ending() {
        boolean gone = watch != null && watch.sawEndOfStream();
        if (gone || isDraining()) {
            exchange.setPersistent(false);
        }
        if (watch != null) {
            watch.stop();
        }
    }

    @Override
    public void stalled() {
        guard.awaitClient();
    }

    @Override
    public void flows() {
        guard.proceed();
    }

    @Override
    public void written() {
        finish();
    }

    @Override
    public void clientGone(IOException reason) {
        line(log.atDebug()).setCause(reason).log("The client left before the end of its response");
        application.onClientGone();
        cut();
    }

    @Override
    public void failed(Throwable cause) {
        line(log.atWarn()).setCause(cause).log("The stream of a response failed");
        cut(); // Without the last chunk, so that the client knows.
    }

    private void cut() {
        IoUtils.safeClose(connection);
        exchange.endExchange();
    }

    private void stopTimer() {
        if (writeTimeout != null) {
            writeTimeout.remove();
            writeTimeout = null;
        }
    }

    private void decideOnPersistence() {
        boolean gone = watch != null && watch.sawEndOfStream();
        if (isDraining() || gone || fault != null || body.mustClose()) {
            exchange.setPersistent(false);
        }
        if (exchange.isHttp09()) {
            exchange.setProtocol(Protocols.HTTP_1_0);
        }
        if (exchange.isHttp10() && exchange.isPersistent()) {
            exchange.getResponseHeaders().put(Headers.CONNECTION, "keep-alive");
        }
    }

    /** Returns whether the connection ends with this response: while draining, unless more requests have been read from it. */
    private boolean isDraining() {
        return connections.isDraining() && connection.getExtraBytes() == null;
    }

    /** The bytes of the response are written. */
    @Override
    public void onComplete(HttpServerExchange same, Sender sender) {
        boolean lacksHead = exchange.getRequestMethod().equals(Methods.HEAD) && !exchange.isResponseComplete();
        if (lacksHead && !exchange.isRequestComplete() && !exchange.isPersistent()) {
            sender.close(this); // What has no body is written at the end only; then this is called again.
        } else {
            finish();
        }
    }

    private void finish() {
        written = true;
        stopTimer();
        if (exchange.isRequestComplete()) {
            exchange.endExchange();
        } else if (exchange.isPersistent()) {
            body.discard();
        } else {
            guard.linger();
        }
    }

    /** The response could not be written: the client is gone. */
    @Override
    public void onException(HttpServerExchange same, Sender sender, IOException e) {
        line(log.atDebug()).setCause(e).log("The client left before its response");
        cut();
    }

    /** The exchange is over: its response is written, or its connection is closed. */
    @Override
    public void exchangeEvent(HttpServerExchange same, NextListener next) {
        over = true;
        PooledByteBuffer further = connection.getExtraBytes();
        guard.endExchange(further == null ? null : further.getBuffer());
        stopTimer();
        try {
            body.end();
            endRequest();
            if (!answered || (stream != null && stream.cancel())) {
                application.onClientGone();
            }
        } catch (RuntimeException e) {
            line(log.atError()).setCause(e).log("A cancellation failed");
        } finally {
            next.proceed();
        }
    }

    private LoggingEventBuilder line(LoggingEventBuilder line) {
        application.forEachLogField((name, value) -> {
            LoggingEventBuilder unused = line.addKeyValue(name, value);
        });
        return line;
    }

    @Override
    public String method() {
        return exchange.getRequestMethod().toString();
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public long arrivedNanos() {
        return arrivedNanos;
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
    public @Nullable GatewayException fault() {
        return fault;
    }

    @Override
    public @Nullable String firstHeader(String name) {
        return exchange.getRequestHeaders().getFirst(name);
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(firstHeader(name));
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
