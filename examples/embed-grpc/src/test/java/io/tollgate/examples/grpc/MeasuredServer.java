package io.tollgate.examples.grpc;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerBuilder;
import io.grpc.stub.StreamObserver;
import io.tollgate.examples.grpc.greeter.GreeterGrpc;
import io.tollgate.examples.grpc.greeter.HelloRequest;
import io.tollgate.examples.grpc.greeter.HelloResponse;
import io.tollgate.grpc.server.GuardInterceptor;
import io.tollgate.servercontract.MeasuredVariant;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The server that {@code make bench-embedded} measures: it responds to {@code greeter.v1.Greeter/Hello} with a constant. */
final class MeasuredServer {
    private MeasuredServer() {}

    /** Serves until the process is ended; see {@link MeasuredVariant} for the arguments. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        MeasuredVariant variant = MeasuredVariant.parse(arguments);
        ExecutorService handlers = Executors.newCachedThreadPool();
        ServerBuilder<?> builder = Grpc.newServerBuilderForPort(variant.port(), InsecureServerCredentials.create())
                .executor(handlers)
                .addService(new Greeter());
        variant.guard().ifPresent(guard -> builder.intercept(GuardInterceptor.of(guard, handlers)));
        builder.build().start().awaitTermination();
    }

    private static final class Greeter extends GreeterGrpc.GreeterImplBase {
        private static final HelloResponse GREETING =
                HelloResponse.newBuilder().setText(MeasuredVariant.GREETING).build();

        @Override
        public void hello(HelloRequest request, StreamObserver<HelloResponse> observer) {
            observer.onNext(GREETING);
            observer.onCompleted();
        }
    }
}
