package io.tollgate.examples.benchmarks.interceptor;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.tollgate.grpc.order.OrderServiceGrpc;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Keeps a number of calls in flight over one connection: each response starts the next call. */
final class CallLoop implements AutoCloseable {
    private static final int IN_FLIGHT = 64;
    private static final PurchaseRequest REQUEST = PurchaseRequest.newBuilder()
            .setEventId("event-1")
            .setUserId("user-1")
            .build();

    private final ManagedChannel channel;
    private final OrderServiceGrpc.OrderServiceStub client;

    CallLoop(int port, String token) {
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .directExecutor()
                .build();
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        client = OrderServiceGrpc.newStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /** Returns the number of calls that ended within {@code nanos}. */
    long run(long nanos) throws InterruptedException {
        AtomicLong calls = new AtomicLong();
        AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
        CountDownLatch idle = new CountDownLatch(IN_FLIGHT);
        long end = System.nanoTime() + nanos;
        for (int i = 0; i < IN_FLIGHT; i++) {
            call(end, calls, failed, idle);
        }
        idle.await();
        Throwable failure = failed.get();
        if (failure != null) {
            throw new IllegalStateException("a call failed", failure);
        }
        return calls.get();
    }

    private void call(long end, AtomicLong calls, AtomicReference<@Nullable Throwable> failed, CountDownLatch idle) {
        client.purchaseTicket(REQUEST, new StreamObserver<>() {
            @Override
            public void onNext(PurchaseResponse response) {
                calls.incrementAndGet();
            }

            @Override
            public void onError(Throwable failure) {
                failed.set(failure);
                idle.countDown();
            }

            @Override
            public void onCompleted() {
                if (System.nanoTime() - end < 0) {
                    call(end, calls, failed, idle);
                } else {
                    idle.countDown();
                }
            }
        });
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
