package io.tollgate.examples.transcoders;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.tollgate.examples.transcoders.order.OrderServiceGrpc;

/** The service behind the transcoders, over one channel. */
final class Orders {
    private Orders() {}

    static OrderServiceGrpc.OrderServiceStub at(int port) {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .directExecutor()
                .build();
        return OrderServiceGrpc.newStub(channel);
    }
}
