package io.tollgate.grpc.transcoding;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** Messages that are sent and received in their wire format, as they are. */
final class RawBytes implements MethodDescriptor.Marshaller<byte[]> {
    private static final RawBytes MARSHALLER = new RawBytes();

    private RawBytes() {}

    /** @param fullName such as {@code library.v1.LibraryService/GetBook} */
    static MethodDescriptor<byte[], byte[]> method(String fullName, MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setFullMethodName(fullName)
                .setType(type)
                .setRequestMarshaller(MARSHALLER)
                .setResponseMarshaller(MARSHALLER)
                .setSampledToLocalTracing(true)
                .build();
    }

    @Override
    public InputStream stream(byte[] message) {
        return new Sent(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
        try {
            if (!(stream instanceof KnownLength)) {
                return stream.readAllBytes();
            }
            byte[] message = new byte[stream.available()];
            int read = stream.readNBytes(message, 0, message.length);
            return read == message.length ? message : Arrays.copyOf(message, read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copied once, into the frame. */
    private static final class Sent extends ByteArrayInputStream implements KnownLength, Drainable {
        Sent(byte[] message) {
            super(message);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            int length = count - pos;
            target.write(buf, pos, length);
            pos = count;
            return length;
        }
    }
}
