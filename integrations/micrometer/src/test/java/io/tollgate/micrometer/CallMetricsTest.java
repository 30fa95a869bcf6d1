package io.tollgate.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.examples.services.order.OrderServiceServer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The calls of a channel that is no upstream. */
class CallMetricsTest {
    private static final MethodDescriptor.Marshaller<String> NOTHING = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(new byte[0]);
        }

        @Override
        public String parse(InputStream stream) {
            return "";
        }
    };

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void measuresMethodsBeyondTheThousandthTogether() throws InterruptedException {
        try (OrderServiceServer server = OrderServiceServer.builder().port(0).start()) {
            ManagedChannel channel = Grpc.newChannelBuilder(
                            "127.0.0.1:" + server.port(), InsecureChannelCredentials.create())
                    .build();
            Channel measured =
                    ClientInterceptors.intercept(channel, new CallMetrics(registry, "any", "127.0.0.1", server.port()));

            for (int i = 0; i < 1_010; i++) {
                assertThat(call(measured, "made.Up/Method" + i)).isEqualTo(Status.Code.UNIMPLEMENTED);
            }

            channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        }
        assertThat(calls("made.Up/Method0")).isEqualTo(1);
        assertThat(calls("other")).isEqualTo(10);
    }

    private static Status.Code call(Channel channel, String method) {
        MethodDescriptor<String, String> descriptor = MethodDescriptor.<String, String>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method)
                .setRequestMarshaller(NOTHING)
                .setResponseMarshaller(NOTHING)
                .build();
        CompletableFuture<Status.Code> code = new CompletableFuture<>();
        ClientCall<String, String> call = channel.newCall(descriptor, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        code.complete(status.getCode());
                    }
                },
                new Metadata());
        call.request(1);
        call.sendMessage("");
        call.halfClose();
        return code.orTimeout(60, TimeUnit.SECONDS).join();
    }

    private long calls(String method) {
        return registry.get("rpc.client.call.duration")
                .tags("rpc.method", method, "rpc.response.status_code", "UNIMPLEMENTED")
                .timer()
                .count();
    }
}
