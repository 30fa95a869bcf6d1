package io.tollgate.examples.benchmarks.load;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.tollgate.examples.benchmarks.server.BytesMarshaller;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A closed loop of unary gRPC calls over one connection: a fixed number is in flight, and the end of each starts the next. */
public final class CallLoop implements AutoCloseable {
    private static final int IN_FLIGHT = 64;
    private static final byte[] REQUEST = {}; // A message without fields.

    private final ManagedChannel channel;
    private final MethodDescriptor<byte[], byte[]> method;
    private final Metadata headers = new Metadata();

    /**
     * Prepares calls of a method, each with an empty message.
     *
     * @param method its full name, such as {@code greeter.v1.Greeter/Hello}
     * @param token the bearer token of each call; empty for none
     */
    public CallLoop(int port, String method, Optional<String> token) {
        this.channel = ManagedChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .directExecutor()
                .build();
        this.method = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodType.UNARY)
                .setFullMethodName(method)
                .setRequestMarshaller(new BytesMarshaller())
                .setResponseMarshaller(new BytesMarshaller())
                .build();
        token.ifPresent(value -> headers.put(key("authorization"), "Bearer " + value));
    }

    /**
     * Makes one call, and returns the value of a header of its response; empty if it has none.
     *
     * @throws io.grpc.StatusRuntimeException if the call fails
     */
    public Optional<String> header(String name) {
        AtomicReference<@Nullable Metadata> received = new AtomicReference<>();
        AtomicReference<@Nullable Metadata> trailers = new AtomicReference<>();
        Channel capturing = ClientInterceptors.intercept(
                withHeaders(), MetadataUtils.newCaptureMetadataInterceptor(received, trailers));
        ClientCalls.blockingUnaryCall(capturing, method, CallOptions.DEFAULT, REQUEST);
        return Optional.ofNullable(received.get()).map(metadata -> metadata.get(key(name)));
    }

    /**
     * Makes calls until {@code duration} has passed, and waits for the last.
     *
     * @throws IOException if a call fails
     */
    public LoadResult run(Duration duration) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Calls calls = new Calls(withHeaders(), start + duration.toNanos());
        for (int i = 0; i < IN_FLIGHT; i++) {
            calls.next();
        }
        calls.ended.await();
        return calls.result((System.nanoTime() - start) / 1e9);
    }

    private Channel withHeaders() {
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private final class Calls {
        private final Channel channel;
        private final long end;
        private final CountDownLatch ended = new CountDownLatch(IN_FLIGHT);
        private final Latencies latencies = new Latencies();
        private long count;
        private @Nullable Throwable failure;

        Calls(Channel channel, long end) {
            this.channel = channel;
            this.end = end;
        }

        void next() {
            long sent = System.nanoTime();
            StreamObserver<byte[]> observer = new StreamObserver<>() {
                @Override
                public void onNext(byte[] response) {}

                @Override
                public void onError(Throwable error) {
                    failed(error);
                    ended.countDown();
                }

                @Override
                public void onCompleted() {
                    long now = System.nanoTime();
                    completed((now - sent) / 1_000);
                    if (now - end < 0) {
                        next();
                    } else {
                        ended.countDown();
                    }
                }
            };
            ClientCalls.asyncUnaryCall(channel.newCall(method, CallOptions.DEFAULT), REQUEST, observer);
        }

        private synchronized void completed(long micros) {
            latencies.record(micros);
            count++;
        }

        private synchronized void failed(Throwable error) {
            failure = error;
        }

        synchronized LoadResult result(double seconds) throws IOException {
            if (failure != null) {
                throw new IOException(method.getFullMethodName() + ": a call failed", failure);
            }
            return latencies.result(count, seconds, 0);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
