package io.tollgate.undertow;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpResponse;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.Connectors;
import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;

/** A transaction in HTTP/1.1, which is an exchange of Undertow's. */
final class Http1Transaction extends Transaction implements Runnable, IoCallback, ExchangeCompletionListener {
    private final HttpServerExchange exchange;
    private final HttpServerConnection connection;
    private final Http1Connection guard;
    private final ServerSettings.Limits limits;
    private final Connections connections;
    private final RequestBody body;
    private final @Nullable GatewayException fault;
    private final String path;

    private @Nullable ClientWatch watch;
    private boolean awaited;
    private boolean gone;
    private boolean written;

    Http1Transaction(HttpServerExchange exchange, Server server) {
        super(exchange.getIoThread());
        this.exchange = exchange;
        this.connection = (HttpServerConnection) exchange.getConnection();
        this.guard = Http1Connection.of(exchange);
        this.limits = server.settings().limits();
        this.connections = server.connections();
        this.fault = Framing.fault(exchange, guard);
        this.body = new RequestBody(exchange, limits, guard, this::watch);
        this.path = Framing.path(exchange);
        begin(server.endpoint());
    }

    @Override
    public void run() {
        guard.beginExchange();
        exchange.addExchangeCompleteListener(this);
        if (Framing.isChunked(exchange)) {
            ChunkedSource.install(exchange);
        }
        if (fault == null) {
            body.takeArrived();
        }
        respond();
    }

    @Override
    void awaitAnswer() {
        awaited = true;
        watch();
    }

    /** Watches the client, from when the response is awaited and the body has arrived. */
    private void watch() {
        if (awaited && watch == null && !isAnswered() && !isOver()) {
            watch = ClientWatch.start(exchange, guard, arrivedNanos(), this::leave);
        }
    }

    @Override
    void write(HttpResponse response) {
        decideOnPersistence();
        if (!writeAtOnce(response)) {
            writeByUndertow(response);
        }
    }

    private void writeByUndertow(HttpResponse response) {
        exchange.setStatusCode(response.status());
        exchange.getResponseHeaders().put(HeaderNames.CONTENT_TYPE_OPTIONS, "nosniff");
        String strict = guard.guarded().strictTransport();
        if (strict != null) {
            exchange.getResponseHeaders().put(Headers.STRICT_TRANSPORT_SECURITY, strict);
        }
        forEachHeader(
                response,
                (name, value) -> exchange.getResponseHeaders().put(HeaderNames.of(name), HeaderText.value(value)));
        boolean mayHaveBody = response.status() != 204 && response.status() != 304;
        Flow.Publisher<ByteBuffer> stream = response.stream().orElse(null);
        if (stream != null && mayHaveBody) {
            frameStream();
        } else if (mayHaveBody) {
            exchange.setResponseContentLength(response.bytes().length);
        }
        if (exchange.isHttp10() && exchange.isPersistent()) {
            exchange.getResponseHeaders().put(Headers.CONNECTION, "keep-alive");
        }
        if (stream != null && mayHaveBody && !exchange.getRequestMethod().equals(Methods.HEAD)) {
            writeStream(stream);
        } else {
            writeBytes(response.bytes());
        }
    }

    /** Writes a response past Undertow's sender, if it is one that can be; returns whether it is. */
    private boolean writeAtOnce(HttpResponse response) {
        if (!isPlain(response)) {
            return false;
        }
        WholeResponse whole = WholeResponse.begin(guard.guarded().strictTransport());
        forEachHeader(response, whole);
        ByteBuffer bytes = whole.render(response.status(), response.bytes());
        if (bytes == null) {
            return false;
        }
        if (watch != null) {
            watch.stop();
        }
        if (!isWritten(bytes)) {
            ByteBuffer rest = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
            ConduitStreamSinkChannel channel = connection.getChannel().getSinkChannel();
            channel.setWriteListener(writable -> {
                writable.suspendWrites();
                if (!isWritten(rest)) {
                    writable.resumeWrites();
                }
            });
            channel.resumeWrites();
            guard.awaitClient();
            awaitClient(limits.writeTimeout().toMillis(), () -> IoUtils.safeClose(connection));
        }
        return true;
    }

    /** Returns whether the response is an ordinary head and a small body, and the connection goes on behind it. */
    private boolean isPlain(HttpResponse response) {
        int status = response.status();
        return response.stream().isEmpty()
                && response.bytes().length <= WholeResponse.MAX_BODY
                && status != StatusCodes.NO_CONTENT
                && status != StatusCodes.NOT_MODIFIED
                && status != StatusCodes.EXPECTATION_FAILED
                && exchange.isHttp11()
                && exchange.isPersistent()
                && exchange.isRequestComplete()
                && connection.getExtraBytes() == null // Undertow goes on with what is pipelined.
                && !exchange.getRequestMethod().equals(Methods.HEAD)
                && !exchange.getRequestMethod().equals(Methods.CONNECT);
    }

    /** Writes what the socket takes, and ends the exchange when that is all; returns false if there is more to write. */
    private boolean isWritten(ByteBuffer bytes) {
        StreamSinkConduit socket = connection.getOriginalSinkConduit();
        try {
            while (bytes.hasRemaining()) {
                if (socket.write(bytes) == 0) {
                    return false;
                }
            }
            if (!socket.flush()) { // With TLS, there may be records left.
                return false;
            }
        } catch (IOException e) {
            failedToWrite(e);
            return true;
        }
        written = true;
        stopTimer();
        Connectors.terminateResponse(exchange);
        return true;
    }

    private void writeBytes(byte[] bytes) {
        if (watch != null) {
            watch.stop();
        }
        exchange.getResponseSender().send(ByteBuffer.wrap(bytes), this);
        if (!written && !isOver()) {
            guard.awaitClient();
            awaitClient(limits.writeTimeout().toMillis(), () -> IoUtils.safeClose(connection));
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

    private void writeStream(Flow.Publisher<ByteBuffer> stream) {
        if (watch == null) {
            watch = ClientWatch.start(exchange, guard, arrivedNanos(), this::leave);
        }
        if (watch != null) {
            watch.stream();
        }
        if (gone || isOver()) {
            clientGone();
            cut();
            return;
        }
        StreamSinkChannel channel = requireNonNull(exchange.getResponseChannel(), "channel");
        begin(
                new ResponseStream(
                        new ResponseChannel.OfXnio(channel), exchange.getIoThread(), limits.writeTimeout(), this),
                stream);
    }

    /** The client went away. */
    private void leave() {
        gone = true;
        clientGone();
        if (isStreaming()) {
            IoUtils.safeClose(connection);
        }
    }

    @Override
    public void ending() {
        boolean shut = watch != null && watch.sawEndOfStream();
        if (shut || isDraining()) {
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
    void cut() {
        IoUtils.safeClose(connection);
        exchange.endExchange();
    }

    private void decideOnPersistence() {
        boolean shut = watch != null && watch.sawEndOfStream();
        if (isDraining() || shut || fault != null || body.mustClose()) {
            exchange.setPersistent(false);
        }
        if (exchange.isHttp09()) {
            exchange.setProtocol(Protocols.HTTP_1_0);
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
            body.end();
            guard.linger();
        }
    }

    /** The response could not be written: the client is gone. */
    @Override
    public void onException(HttpServerExchange same, Sender sender, IOException e) {
        failedToWrite(e);
    }

    /** The exchange is over: its response is written, or its connection is closed. */
    @Override
    public void exchangeEvent(HttpServerExchange same, NextListener next) {
        PooledByteBuffer further = connection.getExtraBytes();
        guard.endExchange(further == null ? null : further.getBuffer());
        try {
            end();
        } finally {
            next.proceed();
        }
    }

    @Override
    void endBody() {
        body.end();
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
    public InetAddress peer() {
        return guard.peer();
    }

    @Override
    public Optional<X509Certificate> clientCertificate() {
        return guard.guarded().certificate();
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
        List<String> values = headers(name);
        return values.isEmpty() ? null : values.get(0);
    }

    @Override
    public List<String> headers(String name) {
        HttpString known = HeaderNames.ofRequest(name);
        HeaderValues values =
                known == null ? null : exchange.getRequestHeaders().get(known);
        return values == null ? List.of() : values;
    }

    @Override
    public CompletionStage<byte[]> body() {
        return body.read();
    }
}
