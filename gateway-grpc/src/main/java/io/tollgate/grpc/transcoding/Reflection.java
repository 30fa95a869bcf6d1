package io.tollgate.grpc.transcoding;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.grpc.GrpcErrors;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server for its services, for the files of these, and for the files that those import, one after the other on one stream.
 */
final class Reflection extends ClientCall.Listener<byte[]> {
    private static final List<String> VERSIONS = List.of("grpc.reflection.v1", "grpc.reflection.v1alpha");
    private static final Executor PARSING = new CompletableFuture<>().defaultExecutor();
    private static final long MAX_BYTES = 64L << 20;
    private static final int MAX_REQUESTS = 20_000;

    private final String source;
    private final ClientCall<byte[], byte[]> call;
    private final DescriptorSetReader files;
    private final Deque<byte[]> requests = new ArrayDeque<>();
    private final Set<String> requested = new HashSet<>();
    private final CompletableFuture<ServiceDescriptors> result = new CompletableFuture<>();
    private long bytes;
    private @Nullable RuntimeException failure;

    private Reflection(String source, ClientCall<byte[], byte[]> call) {
        this.source = source;
        this.call = call;
        this.files = new DescriptorSetReader(source);
    }

    static CompletionStage<ServiceDescriptors> load(String source, Channel channel, Duration timeout) {
        if (timeout.toMillis() < 1) {
            throw new IllegalArgumentException("timeout: " + timeout + " (expected: 1 millisecond or more)");
        }
        CallOptions options = CallOptions.DEFAULT
                .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .withExecutor(PARSING); // Files of many MiB would hold up the connections of an I/O thread.
        try {
            return load(source, channel, options, 0).minimalCompletionStage();
        } catch (Throwable e) { // of an interceptor, which must not end whoever asks from time to time
            return CompletableFuture.failedStage(unusable(source, "could not be called", e));
        }
    }

    private static CompletableFuture<ServiceDescriptors> load(
            String source, Channel channel, CallOptions options, int version) {
        String method = VERSIONS.get(version) + ".ServerReflection/ServerReflectionInfo";
        Reflection reflection =
                new Reflection(source, channel.newCall(RawBytes.method(method, MethodType.BIDI_STREAMING), options));
        reflection.start();
        return version + 1 == VERSIONS.size()
                ? reflection.result
                : reflection.result.exceptionallyCompose(
                        e -> GatewayException.from(e).code() == CommonError.METHOD_NOT_IMPLEMENTED
                                ? load(source, channel, options, version + 1)
                                : CompletableFuture.failedFuture(e));
    }

    private void start() {
        try {
            call.start(this, new Metadata());
            call.request(1);
            call.sendMessage(ReflectionMessages.request(ReflectionMessages.LIST_SERVICES, "*"));
        } catch (Throwable e) {
            call.cancel("the call could not be made", e);
            throw e;
        }
    }

    @Override
    public void onMessage(byte[] message) {
        if (failure != null) {
            return;
        }
        bytes += message.length;
        try {
            add(ReflectionMessages.Response.parse(message));
        } catch (IOException e) {
            fail(unusable("sent a malformed response", e));
            return;
        }
        byte[] next = requests.poll();
        if (next == null) {
            call.halfClose();
            call.request(1); // the end
        } else if (bytes > MAX_BYTES || requested.size() > MAX_REQUESTS) {
            fail(unusable("sent more than " + (MAX_BYTES >> 20) + " MiB or " + MAX_REQUESTS + " files", null));
        } else {
            call.sendMessage(next);
            call.request(1);
        }
    }

    private void add(ReflectionMessages.Response response) throws IOException {
        for (String service : response.services()) {
            if (!service.startsWith("grpc.reflection.") && requested.add(service)) {
                requests.add(ReflectionMessages.request(ReflectionMessages.FILE_OF_SYMBOL, service));
            }
        }
        List<String> imports = new ArrayList<>();
        for (byte[] file : response.files()) {
            imports.addAll(files.add(file).getDependencyList());
        }
        for (String imported : imports) {
            if (!files.has(imported) && requested.add(imported)) {
                requests.add(ReflectionMessages.request(ReflectionMessages.FILE_BY_NAME, imported));
            }
        }
    }

    private void fail(GatewayException error) {
        failure = error;
        call.cancel(error.getMessage(), error);
    }

    private GatewayException unusable(String fault, @Nullable Throwable cause) {
        return unusable(source, fault, cause);
    }

    private static GatewayException unusable(String source, String fault, @Nullable Throwable cause) {
        return GatewayException.builder(CommonError.INTERNAL_SERVER_ERROR, "The service cannot be described.")
                .cause(new IllegalStateException(source + ": reflection " + fault, cause))
                .build();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (failure != null) {
            result.completeExceptionally(failure);
        } else if (!status.isOk()) {
            result.completeExceptionally(GrpcErrors.from(status, trailers));
        } else {
            try {
                result.complete(files.finish());
            } catch (InvalidTranscodingException e) {
                result.completeExceptionally(e);
            }
        }
    }
}
