package io.tollgate.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/**
 * A call of the service {@code grpc.health.v1.Health}. Its two messages have a field each, which this reads and writes itself:
 * their classes come with a library of several megabytes.
 */
final class HealthCall extends ClientCall.Listener<byte[]> {
    private static final MethodDescriptor<byte[], byte[]> CHECK = method("Check", MethodType.UNARY);
    private static final MethodDescriptor<byte[], byte[]> WATCH = method("Watch", MethodType.SERVER_STREAMING);
    private static final int SERVICE = 1;
    private static final int STATUS_TAG = 1 << 3;

    /** The values of {@code ServingStatus} that are told apart. */
    enum Serving {
        SERVING,
        NOT_SERVING,
        SERVICE_UNKNOWN
    }

    /** Receives what comes of a call, on any thread, one after the other. */
    interface Receiver {
        /** Receives a status. */
        void reported(Serving status);

        /**
         * Receives the end of the call.
         *
         * @param responded whether the other end sent anything at all, be it an error
         */
        void ended(Status status, boolean responded);
    }

    private final ClientCall<byte[], byte[]> call;
    private final Receiver receiver;
    private final ReceivedTrailers received;
    private boolean responded;

    private HealthCall(ClientCall<byte[], byte[]> call, Receiver receiver, ReceivedTrailers received) {
        this.call = call;
        this.receiver = receiver;
        this.received = received;
    }

    /** Asks once, to see whether the other end responds at all. */
    static HealthCall check(Channel channel, long timeoutNanos, Receiver receiver) {
        return start(
                channel,
                CHECK,
                CallOptions.DEFAULT.withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS),
                "",
                receiver);
    }

    /** Asks for the status of a service now and whenever it changes. */
    static HealthCall watch(Channel channel, String service, Receiver receiver) {
        return start(channel, WATCH, CallOptions.DEFAULT, service, receiver);
    }

    private static HealthCall start(
            Channel channel,
            MethodDescriptor<byte[], byte[]> method,
            CallOptions options,
            String service,
            Receiver receiver) {
        ReceivedTrailers received = new ReceivedTrailers();
        ClientCall<byte[], byte[]> call = newCall(channel, method, options.withStreamTracerFactory(received));
        HealthCall listener = new HealthCall(call, receiver, received);
        call.start(listener, new Metadata());
        call.request(1);
        call.sendMessage(request(service));
        call.halfClose();
        return listener;
    }

    /** Makes the call in no context: this may run in that of any call, which must not end the watch of a backend. */
    private static ClientCall<byte[], byte[]> newCall(
            Channel channel, MethodDescriptor<byte[], byte[]> method, CallOptions options) {
        Context previous = Context.ROOT.attach();
        try {
            return channel.newCall(method, options);
        } finally {
            Context.ROOT.detach(previous);
        }
    }

    void cancel() {
        call.cancel("no longer needed", null);
    }

    @Override
    public void onHeaders(Metadata headers) {
        responded = true;
    }

    @Override
    public void onMessage(byte[] response) {
        receiver.reported(status(response));
        call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        receiver.ended(status, responded || received.last != null);
    }

    private static byte[] request(String service) {
        byte[] bytes = new byte[service.isEmpty() ? 0 : CodedOutputStream.computeStringSize(SERVICE, service)];
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            if (!service.isEmpty()) {
                out.writeString(SERVICE, service);
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes;
    }

    private static Serving status(byte[] response) {
        int status = 0;
        try {
            CodedInputStream in = CodedInputStream.newInstance(response);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == STATUS_TAG) {
                    status = in.readEnum();
                } else {
                    in.skipField(tag);
                }
            }
        } catch (IOException e) {
            return Serving.NOT_SERVING;
        }
        return switch (status) {
            case 1 -> Serving.SERVING;
            case 3 -> Serving.SERVICE_UNKNOWN;
            default -> Serving.NOT_SERVING;
        };
    }

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("grpc.health.v1.Health", name))
                .setRequestMarshaller(Bytes.AS_THEY_ARE)
                .setResponseMarshaller(Bytes.AS_THEY_ARE)
                .build();
    }

    private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
        AS_THEY_ARE;

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
