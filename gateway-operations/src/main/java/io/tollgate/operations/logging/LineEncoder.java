package io.tollgate.operations.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Encodes events as lines in UTF-8. {@link #append} is for the one thread that writes the lines of a queue; {@link #encode}
 * is for appenders of Logback, which call it on any thread.
 */
abstract class LineEncoder extends EncoderBase<ILoggingEvent> {
    final LineBuffer buffer = new LineBuffer();

    /**
     * Appends the line of {@code event}, with its end, to the buffer.
     *
     * @throws IOException if the event cannot be encoded. As with an unchecked exception, the buffer may have a part of the line.
     */
    abstract void append(ILoggingEvent event) throws IOException;

    @Override
    public final synchronized byte[] encode(ILoggingEvent event) {
        buffer.truncate(0);
        try {
            append(event);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return buffer.take();
    }

    @Override
    public final byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public final byte[] footerBytes() {
        return new byte[0];
    }
}
