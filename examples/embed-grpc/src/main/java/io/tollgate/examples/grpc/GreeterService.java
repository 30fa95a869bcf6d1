package io.tollgate.examples.grpc;

import io.grpc.stub.StreamObserver;
import io.tollgate.api.Principal;
import io.tollgate.examples.grpc.greeter.GreeterGrpc;
import io.tollgate.examples.grpc.greeter.HelloRequest;
import io.tollgate.examples.grpc.greeter.HelloResponse;
import io.tollgate.grpc.server.GuardInterceptor;

/** Greets the user of the token. */
final class GreeterService extends GreeterGrpc.GreeterImplBase {
    @Override
    public void hello(HelloRequest request, StreamObserver<HelloResponse> observer) {
        String user = GuardInterceptor.principal().map(Principal::userId).orElse("stranger");
        observer.onNext(HelloResponse.newBuilder().setText("Hello, " + user).build());
        observer.onCompleted();
    }

    @Override
    public StreamObserver<HelloRequest> helloToAll(StreamObserver<HelloResponse> observer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(HelloRequest request) {
                observer.onNext(HelloResponse.newBuilder()
                        .setText("Hello, " + request.getName())
                        .build());
            }

            @Override
            public void onError(Throwable failure) {
                // The client has left, or a limit ended the call.
            }

            @Override
            public void onCompleted() {
                observer.onCompleted();
            }
        };
    }
}
