package io.tollgate.grpc.transcoding;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The response of a method with one message. */
final class UnaryResponse extends ClientCall.Listener<byte[]> {
    /** One more than there should be, so that it is noticed. */
    private static final int REQUESTED = 2;

    private final Binding binding;
    private final CompletableFuture<HttpResponse> result = new CompletableFuture<>();
    private byte @Nullable [] message; // callbacks come one at a time
    private boolean tooMany;

    private UnaryResponse(Binding binding) {
        this.binding = binding;
    }

    static CompletionStage<HttpResponse> of(Binding binding, HttpRequestHead head, Caller caller, byte[] request) {
        UnaryResponse response = new UnaryResponse(binding);
        try {
            RawCall.start(binding, head, caller, request, REQUESTED, response);
        } catch (RuntimeException e) {
            response.result.completeExceptionally(broken(binding + " could not be called", e));
        }
        return response.result;
    }

    @Override
    public void onMessage(byte[] received) {
        tooMany = message != null;
        message = received;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        try {
            result.complete(response(status, trailers));
        } catch (GatewayException e) {
            result.completeExceptionally(e);
        } catch (Throwable e) { // whatever it is, it must reach the client as an error
            result.completeExceptionally(broken(binding + " responded with what cannot be understood", e));
        }
    }

    private HttpResponse response(Status status, Metadata trailers) {
        if (!status.isOk()) {
            throw Failures.of(status, trailers, binding.spec().codecs());
        }
        byte[] received = message;
        if (received == null || tooMany) {
            throw broken(binding + " responded with " + (tooMany ? "more than one message" : "no message"), null);
        }
        return binding.responses().response(received);
    }

    static GatewayException broken(String fault, @Nullable Throwable cause) {
        return GatewayException.builder(CommonError.INTERNAL_SERVER_ERROR, "The service failed to handle the request.")
                .cause(new IllegalStateException(fault, cause))
                .build();
    }
}
