package io.tollgate.examples.transcoders;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.stub.StreamObserver;
import io.tollgate.examples.transcoders.order.OrderServiceGrpc;
import io.tollgate.examples.transcoders.order.PurchaseRequest;
import io.tollgate.examples.transcoders.order.PurchaseResponse;

/** Armeria with HTTP/JSON transcoding. Arguments: its port, and that of the service. */
public final class ArmeriaServer {
    private ArmeriaServer() {}

    /** Serves until the process is ended. */
    public static void main(String[] args) {
        OrderServiceGrpc.OrderServiceStub orders = Orders.at(Integer.parseInt(args[1]));
        Server.builder()
                .http(Integer.parseInt(args[0]))
                .service(GrpcService.builder()
                        .addService(new OrderServiceGrpc.OrderServiceImplBase() {
                            @Override
                            public void purchaseTicket(PurchaseRequest request, StreamObserver<PurchaseResponse> to) {
                                orders.purchaseTicket(request, to);
                            }
                        })
                        .enableHttpJsonTranscoding(true)
                        .build())
                .build()
                .start()
                .join();
    }
}
