package consumer;

import io.grpc.InsecureChannelCredentials;
import io.grpc.StatusRuntimeException;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.FieldViolation;
import io.tollgate.api.GatewayException;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.api.user.Credentials;
import io.tollgate.grpc.BreakerSettings;
import io.tollgate.grpc.GrpcErrors;
import io.tollgate.grpc.GrpcOrderGateway;
import io.tollgate.grpc.GrpcUserGateway;
import io.tollgate.grpc.Upstream;
import io.tollgate.grpc.user.LoginRequest;
import io.tollgate.grpc.user.UserServiceGrpc;
import java.time.Duration;
import java.util.List;

/** Logs in three times, and fails to buy a ticket, at the port in its argument. */
public final class Consumer {
    private Consumer() {}

    public static void main(String[] arguments) {
        LoginRequest request = LoginRequest.newBuilder().setEmail("ada@example.org").build();
        CallContext context = CallContext.create();
        try (Upstream upstream = Upstream.builder("test-service", "127.0.0.1", Integer.parseInt(arguments[0]))
                .credentials(InsecureChannelCredentials.create())
                .breaker(BreakerSettings.defaults())
                .retry(UserServiceGrpc.getLoginMethod())
                .deadline(Duration.ofMinutes(1))
                .build()) {
            System.out.println("stub " + UserServiceGrpc.newBlockingStub(upstream.channel())
                    .withOption(Upstream.CALL_CONTEXT, context)
                    .login(request)
                    .getUser()
                    .getId());
            System.out.println("call " + upstream.call(UserServiceGrpc.getLoginMethod(), request, context)
                    .toCompletableFuture()
                    .join()
                    .getUser()
                    .getId());
            System.out.println("client " + new GrpcUserGateway(upstream)
                    .login(new Credentials("ada@example.org", "secret"), context)
                    .toCompletableFuture()
                    .join()
                    .user()
                    .createdAt()
                    .orElseThrow());
            GatewayException failed = new GrpcOrderGateway(upstream)
                    .purchase(new TicketPurchase("concert", "u-1", "key-1"), context)
                    .handle((purchase, error) -> GatewayException.from(error))
                    .toCompletableFuture()
                    .join();
            System.out.println("failed " + failed.code() + " " + failed.violations() + " " + failed.retryAfter());
            StatusRuntimeException status = GrpcErrors.toStatusRuntimeException(
                    GatewayException.builder(CommonError.INVALID_REQUEST, "no")
                            .violations(List.of(new FieldViolation("page", "TOO_HIGH", "at most 10")))
                            .retryAfter(Duration.ofSeconds(2))
                            .build());
            System.out.println("status " + status.getStatus().getCode() + " " + status.getTrailers().keys().size());
        }
        System.out.println("protobuf " + protobuf());
        System.out.println("modules " + Upstream.class.getModule().isNamed() + " "
                + Consumer.class.getModule().isNamed());
    }

    private static String protobuf() {
        try {
            return Class.forName("com.google.protobuf.RuntimeVersion").getField("OSS_MAJOR").get(null).toString();
        } catch (ReflectiveOperationException e) {
            return "3";
        }
    }
}
