package io.tollgate.undertow;

import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpResponse;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A transaction in HTTP/2, which is a stream. */
final class Http2Transaction extends Transaction {
    private final Http2Stream stream;
    private final Http2Connection connection;
    private final Http2Head head;
    private final Http2Body body;
    private final ServerSettings.Limits limits;
    private @Nullable ByteBuffer rest;
    private boolean malformed;
    private boolean responded;

    Http2Transaction(Http2Stream stream, Http2Head head, ServerSettings.Limits limits) {
        super(stream.connection().thread());
        this.stream = stream;
        this.connection = stream.connection();
        this.head = head;
        this.limits = limits;
        this.body = new Http2Body(
                stream,
                limits,
                head.contentLength(),
                !stream.isRemoteEnded() && "100-continue".equalsIgnoreCase(head.first("expect")));
    }

    Http2Body requestBody() {
        return body;
    }

    Http2Head head() {
        return head;
    }

    /** Returns whether the response has begun. */
    boolean hasResponded() {
        return responded;
    }

    /** The body is not what the head has announced, which the client must be told, beside the response. */
    void malformed() {
        malformed = true;
    }

    /** Does nothing: a client that leaves resets the stream. */
    @Override
    void awaitAnswer() {}

    @Override
    void write(HttpResponse response) {
        boolean mayHaveBody = response.status() != 204 && response.status() != 304;
        Flow.Publisher<ByteBuffer> publisher = mayHaveBody ? response.stream().orElse(null) : null;
        ResponseHead headers = ResponseHead.of(connection.guarded().strictTransport());
        forEachHeader(response, headers::put);
        if (mayHaveBody && publisher == null) {
            headers.put("content-length", Integer.toString(response.bytes().length));
        }
        boolean empty =
                !mayHaveBody || head.method().equals("HEAD") || (publisher == null && response.bytes().length == 0);
        HpackEncoder section = connection.streams().encoder();
        section.begin(response.status());
        headers.forEach(section::header);
        responded = true;
        stream.headers(section, empty);
        if (empty) {
            finish();
        } else if (publisher != null) {
            begin(new ResponseStream(stream, connection.thread(), limits.writeTimeout(), this), publisher);
        } else {
            rest = ByteBuffer.wrap(response.bytes());
            stream.onWritable(this::writeRest);
            writeRest();
            if (!stream.isLocalEnded()) {
                stream.enter(Phase.STALLED);
                awaitClient(limits.writeTimeout().toMillis(), this::cut);
            }
        }
    }

    private void writeRest() {
        ByteBuffer bytes = rest;
        if (bytes == null || isOver()) {
            return;
        }
        stream.write(bytes, true);
        if (bytes.hasRemaining()) {
            stream.resumeWrites();
        } else {
            rest = null;
            finish();
        }
    }

    @Override
    public void stalled() {
        stream.enter(Phase.STALLED);
    }

    @Override
    public void flows() {
        stream.enter(body.isEvictable() ? Phase.BODY : Phase.BUSY);
    }

    @Override
    public void ending() {}

    @Override
    public void written() {
        finish();
    }

    /** All of the response is written. */
    private void finish() {
        if (malformed) {
            connection.streams().reset(stream, Http2Error.PROTOCOL_ERROR);
        } else if (stream.isRemoteEnded()) {
            connection.streams().served(stream);
        } else if (body.isUnwanted()) {
            connection.streams().reset(stream, Http2Error.NO_ERROR);
        } else {
            end();
            body.discard(() -> connection.streams().reset(stream, Http2Error.NO_ERROR));
        }
    }

    @Override
    void cut() {
        connection.streams().cut(stream);
    }

    @Override
    void endBody() {
        if (stream.isRemoteEnded() || !stream.isLocalEnded()) {
            body.end();
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
        return connection.guarded().peer();
    }

    @Override
    public Optional<X509Certificate> clientCertificate() {
        return connection.guarded().certificate();
    }

    @Override
    public @Nullable GatewayException fault() {
        return null;
    }

    @Override
    public @Nullable String firstHeader(String name) {
        return head.first(name);
    }

    @Override
    public List<String> headers(String name) {
        return head.all(name);
    }

    @Override
    public CompletionStage<byte[]> body() {
        return body.read();
    }
}
