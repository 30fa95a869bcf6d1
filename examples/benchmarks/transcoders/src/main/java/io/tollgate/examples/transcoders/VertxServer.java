package io.tollgate.examples.transcoders;

import io.grpc.stub.StreamObserver;
import io.tollgate.examples.transcoders.order.OrderServiceGrpc;
import io.tollgate.examples.transcoders.order.PurchaseRequest;
import io.tollgate.examples.transcoders.order.PurchaseResponse;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.transcoding.MethodTranscodingOptions;
import io.vertx.grpc.transcoding.TranscodingServiceMethod;

/** Vert.x with HTTP/JSON transcoding. Arguments: its port, and that of the service. */
public final class VertxServer extends AbstractVerticle {
    private static int port;
    private static OrderServiceGrpc.OrderServiceStub orders;

    /** Serves until the process is ended, with an event loop for each core. */
    public static void main(String[] args) {
        port = Integer.parseInt(args[0]);
        orders = Orders.at(Integer.parseInt(args[1]));
        Vertx.vertx()
                .deployVerticle(
                        VertxServer::new,
                        new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors()))
                .onFailure(failure -> {
                    failure.printStackTrace();
                    System.exit(1);
                });
    }

    @Override
    public void start() {
        TranscodingServiceMethod<PurchaseRequest, PurchaseResponse> purchase = TranscodingServiceMethod.server(
                ServiceName.create("order.OrderService"),
                "PurchaseTicket",
                GrpcMessageEncoder.encoder(),
                GrpcMessageDecoder.decoder(PurchaseRequest.newBuilder()),
                new MethodTranscodingOptions()
                        .setSelector("order.OrderService.PurchaseTicket")
                        .setHttpMethod(HttpMethod.POST)
                        .setPath("/v1/events/{eventId}/purchase")
                        .setBody("*"));
        GrpcServer server = GrpcServer.server(vertx).callHandler(purchase, this::purchase);
        vertx.createHttpServer().requestHandler(server).listen(port, "127.0.0.1");
    }

    private void purchase(GrpcServerRequest<PurchaseRequest, PurchaseResponse> request) {
        request.handler(message -> orders.purchaseTicket(message, new StreamObserver<>() {
            @Override
            public void onNext(PurchaseResponse response) {
                context.runOnContext(unused -> request.response().end(response));
            }

            @Override
            public void onError(Throwable failure) {
                context.runOnContext(
                        unused -> request.response().status(GrpcStatus.UNAVAILABLE).end());
            }

            @Override
            public void onCompleted() {}
        }));
    }
}
