package io.tollgate.undertow;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.channels.StreamSinkChannel;

/** Takes the body of one response, as fast as the client does. Belongs to the I/O thread of the connection. */
interface ResponseChannel {
    /** Calls {@code writer} when there may be room again, after {@link #resumeWrites}. */
    void onWritable(Runnable writer);

    /** Writes what there is room for; returns the number of bytes. */
    int write(ByteBuffer source) throws IOException;

    /** Ends the body; with the next {@link #flush} that returns true the end is written. */
    void shutdownWrites() throws IOException;

    /** Returns whether the socket has taken all that was written. */
    boolean flush() throws IOException;

    /** Has the writer called when there is room. */
    void resumeWrites();

    /** Has the writer not called. */
    void suspendWrites();

    /** A channel of XNIO. */
    record OfXnio(StreamSinkChannel channel) implements ResponseChannel {
        @Override
        public void onWritable(Runnable writer) {
            channel.getWriteSetter().set(ready -> writer.run());
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            return channel.write(source);
        }

        @Override
        public void shutdownWrites() throws IOException {
            channel.shutdownWrites();
        }

        @Override
        public boolean flush() throws IOException {
            return channel.flush();
        }

        @Override
        public void resumeWrites() {
            channel.resumeWrites();
        }

        @Override
        public void suspendWrites() {
            if (channel.isWriteResumed()) {
                channel.suspendWrites();
            }
        }
    }
}
