package io.tollgate.examples.services.server;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.tollgate.api.CallContext;
import java.util.UUID;
import org.slf4j.MDC;

/** Gives each call the id that its caller sent in {@code x-request-id}, or a new one, and puts it into log lines. */
final class RequestId implements ServerInterceptor {
    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<String> KEY = Context.keyWithDefault("request-id", "-");
    private static final String LOG_NAME = "request_id";

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String sent = headers.get(HEADER);
        String id = sent != null && CallContext.isRequestId(sent)
                ? sent
                : UUID.randomUUID().toString();
        return Contexts.interceptCall(Context.current().withValue(KEY, id), call, headers, next);
    }

    /** The id of the call that the calling thread works for; {@code -} if it works for none. */
    static String current() {
        return KEY.get();
    }

    /** Runs {@code work} with this id in its log lines. */
    static void logging(String id, Runnable work) {
        String before = MDC.get(LOG_NAME);
        MDC.put(LOG_NAME, id);
        try {
            work.run();
        } finally {
            if (before == null) {
                MDC.remove(LOG_NAME);
            } else {
                MDC.put(LOG_NAME, before);
            }
        }
    }
}
