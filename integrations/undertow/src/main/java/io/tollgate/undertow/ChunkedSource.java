package io.tollgate.undertow;

import io.undertow.conduits.ReadDataStreamSourceConduit;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/** The body of an exchange in chunks, in the place of Undertow's conduit for that; see {@link ChunkDecoder} for why. */
final class ChunkedSource extends AbstractStreamSourceConduit<StreamSourceConduit> {
    private final HttpServerExchange exchange;
    private final HttpServerConnection connection;
    private final ChunkDecoder decoder = new ChunkDecoder();

    private ChunkedSource(HttpServerExchange exchange, HttpServerConnection connection) {
        super(new ReadDataStreamSourceConduit(connection.getOriginalSourceConduit(), connection));
        this.exchange = exchange;
        this.connection = connection;
    }

    /** Has the exchange's body read through this; to be called before anyone asks for its channel. */
    static void install(HttpServerExchange exchange) {
        HttpServerConnection connection = (HttpServerConnection) exchange.getConnection();
        connection.getChannel().getSourceChannel().setConduit(new ChunkedSource(exchange, connection));
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        int start = dst.position();
        while (!decoder.isDone() && dst.hasRemaining()) {
            if (!decodeMore(dst)) {
                break;
            }
        }
        int produced = dst.position() - start;
        return produced == 0 && decoder.isDone() ? -1 : produced;
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (dsts[i].hasRemaining()) {
                return read(dsts[i]);
            }
        }
        return 0;
    }

    /** Decodes what has arrived; returns whether that was anything. */
    private boolean decodeMore(ByteBuffer dst) throws IOException {
        PooledByteBuffer pooled = connection.getByteBufferPool().allocate();
        ByteBuffer buffer = pooled.getBuffer();
        boolean keep = false;
        try {
            int read = next.read(buffer);
            if (read < 0) {
                throw new EOFException("end of stream in a chunked body");
            }
            buffer.flip();
            decoder.decode(buffer, dst);
            if (buffer.hasRemaining()) { // More content than asked for, or the next request.
                connection.ungetRequestBytes(pooled);
                keep = true;
            }
            if (decoder.isDone()) {
                Connectors.terminateRequest(exchange);
            }
            return read > 0;
        } finally {
            if (!keep) {
                pooled.close();
            }
        }
    }
}
