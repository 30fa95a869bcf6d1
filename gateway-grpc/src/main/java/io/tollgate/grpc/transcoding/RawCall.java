package io.tollgate.grpc.transcoding;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.tollgate.api.CallContext;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.grpc.Upstream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Makes calls of a binding's method, with the options and the metadata that its service wants. */
final class RawCall {
    private RawCall() {}

    /** Sends a request; the listener has the rest. */
    static ClientCall<byte[], byte[]> start(
            Binding binding,
            HttpRequestHead head,
            Caller caller,
            byte[] request,
            int messages,
            ClientCall.Listener<byte[]> listener) {
        ClientCall<byte[], byte[]> call =
                binding.service().channel().newCall(binding.spec().call(), options(binding, caller));
        try {
            call.start(listener, metadata(binding.service(), head));
            call.request(messages);
            call.sendMessage(request);
            call.halfClose();
            return call;
        } catch (RuntimeException e) { // of an interceptor
            call.cancel("the call could not be made", e);
            throw e;
        }
    }

    private static CallOptions options(Binding binding, Caller caller) {
        // The deadline of a request is that of its response, which a stream only begins; a client means all of the
        // call.
        CallContext context = caller.context();
        if (binding.streams() && !context.hasClientDeadline()) {
            context = context.withoutDeadline();
        }
        CallOptions options = CallOptions.DEFAULT.withOption(Upstream.CALL_CONTEXT, context);
        MethodSettings settings = binding.spec().settings();
        Optional<Duration> deadline =
                binding.streams() ? binding.service().streamDeadline() : Optional.of(settings.deadline());
        if (deadline.isPresent()) {
            options = options.withDeadlineAfter(deadline.get().toNanos(), TimeUnit.NANOSECONDS);
        }
        return settings.idempotent() ? options.withOption(Upstream.RETRY, true) : options;
    }

    /** Returns the headers that become metadata; a context adds the request id and the trace. */
    private static Metadata metadata(ServiceOptions service, HttpRequestHead head) {
        Metadata metadata = new Metadata();
        if (service.forwarded().isEmpty()) {
            return metadata;
        }
        Set<String> ofConnection = ForwardedHeaders.ofConnection(head.headers("Connection"));
        for (Metadata.Key<String> key : service.forwarded()) {
            if (ofConnection.contains(key.name())) {
                continue;
            }
            List<String> values = head.headers(key.originalName());
            for (String value : values) {
                if (isAscii(value)) {
                    metadata.put(key, value);
                }
            }
        }
        return metadata;
    }

    /** Returns whether gRPC can carry a value: printable ASCII, with spaces inside only. */
    private static boolean isAscii(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~') {
                return false;
            }
        }
        return !value.isEmpty() && value.charAt(0) != ' ' && value.charAt(value.length() - 1) != ' ';
    }
}
