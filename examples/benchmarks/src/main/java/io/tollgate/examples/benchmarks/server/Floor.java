package io.tollgate.examples.benchmarks.server;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.tollgate.grpc.order.OrderServiceGrpc;
import io.tollgate.grpc.order.PurchaseRequest;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The least that a gateway of this kind can cost: Undertow and gRPC of the gateway's own versions, and none of its
 * features. Arguments: its port, and the backend's port, or {@code constant} to respond without a call.
 */
public final class Floor {
    private static final byte[] TICKET = ("{\"ticket\":{\"id\":\"bebb6b41-7c1f-4a6e-9a57-1b7d6c0f5a11\","
                    + "\"eventId\":\"rock-2026\",\"userId\":\"user-0000001\",\"status\":\"confirmed\","
                    + "\"createdAt\":\"2026-11-18T07:06:40Z\"}}")
            .getBytes(StandardCharsets.UTF_8);

    /** In the place of the backend's port: respond without a call. */
    public static final String CONSTANT = "constant";

    private Floor() {}

    /** Serves until the process is ended. */
    public static void main(String[] args) {
        HttpHandler handler = args[1].equals(CONSTANT) ? Floor::respond : new OneCall(Integer.parseInt(args[1]));
        Undertow.builder()
                .addHttpListener(Integer.parseInt(args[0]), "127.0.0.1")
                .setIoThreads(Math.max(2, Runtime.getRuntime().availableProcessors()))
                .setWorkerThreads(1)
                .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                .setServerOption(UndertowOptions.DECODE_URL, false)
                .setHandler(handler)
                .build()
                .start();
    }

    private static void respond(HttpServerExchange exchange) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        exchange.getResponseSender().send(ByteBuffer.wrap(TICKET));
    }

    /** Makes one asynchronous call, with constant bytes, and responds with constant bytes when it has ended. */
    private static final class OneCall implements HttpHandler {
        private static final byte[] REQUEST = PurchaseRequest.newBuilder()
                .setEventId("rock-2026")
                .setUserId("user-0000001")
                .build()
                .toByteArray();
        private static final MethodDescriptor<byte[], byte[]> PURCHASE =
                OrderServiceGrpc.getPurchaseTicketMethod().toBuilder(new BytesMarshaller(), new BytesMarshaller())
                        .build();

        private final ManagedChannel channel;

        OneCall(int backendPort) {
            this.channel = Grpc.newChannelBuilder("127.0.0.1:" + backendPort, InsecureChannelCredentials.create())
                    .directExecutor()
                    .build();
        }

        @Override
        public void handleRequest(HttpServerExchange exchange) {
            exchange.dispatch(SameThreadExecutor.INSTANCE, () -> {
                ClientCall<byte[], byte[]> call = channel.newCall(PURCHASE, CallOptions.DEFAULT);
                call.start(new Listener(exchange), new Metadata());
                call.sendMessage(REQUEST);
                call.halfClose();
                call.request(2);
            });
        }
    }

    /** Completes an exchange on its own I/O thread. */
    private static final class Listener extends ClientCall.Listener<byte[]> {
        private final HttpServerExchange exchange;

        Listener(HttpServerExchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            exchange.getIoThread().execute(() -> {
                if (status.isOk()) {
                    respond(exchange);
                } else {
                    exchange.setStatusCode(StatusCodes.SERVICE_UNAVAILABLE).endExchange();
                }
            });
        }
    }
}
