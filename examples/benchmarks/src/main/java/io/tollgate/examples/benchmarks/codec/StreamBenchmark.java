package io.tollgate.examples.benchmarks.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.api.AnnotationsProto;
import com.google.api.HttpBody;
import com.google.api.HttpRule;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.tollgate.examples.benchmarks.server.BytesMarshaller;
import io.tollgate.grpc.Upstream;
import io.tollgate.grpc.transcoding.Auth;
import io.tollgate.grpc.transcoding.ServiceDescriptors;
import io.tollgate.grpc.transcoding.Transcoder;
import io.tollgate.testkit.TestRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * 1,000 messages of a real gRPC server as NDJSON, beside the same JSON that the service sends ready-made in {@code google.api.HttpBody},
 * of which only the bytes are copied.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
@State(Scope.Benchmark)
public class StreamBenchmark {
    private static final int MESSAGES = 1_000;

    /** The message that is sent. */
    @Param({"SMALL", "MIDDLE"})
    public Sample sample = Sample.SMALL;

    private @Nullable Server server;
    private @Nullable Upstream upstream;
    private @Nullable Transcoder transcoder;

    /** Starts the service. */
    @Setup
    public void setUp() throws IOException {
        Message message = sample.message();
        byte[] json = (JsonFormat.printer().omittingInsignificantWhitespace().print(message) + "\n").getBytes(UTF_8);
        byte[] body = HttpBody.newBuilder()
                .setContentType("application/x-ndjson")
                .setData(ByteString.copyFrom(json))
                .build()
                .toByteArray();
        server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(ServerServiceDefinition.builder("bench.Bench")
                        .addMethod(
                                method("Converted"),
                                ServerCalls.asyncServerStreamingCall((request, to) ->
                                        send(message.toByteArray(), (ServerCallStreamObserver<byte[]>) to)))
                        .addMethod(
                                method("Copied"),
                                ServerCalls.asyncServerStreamingCall(
                                        (request, to) -> send(body, (ServerCallStreamObserver<byte[]>) to)))
                        .build())
                .build()
                .start();
        Upstream service =
                Upstream.builder("bench", "127.0.0.1", server.getPort()).build();
        upstream = service;
        transcoder = Transcoder.builder(service)
                .descriptors(ServiceDescriptors.of("bench", set(message)))
                .auth(Auth.NONE)
                .build();
    }

    private static void send(byte[] message, ServerCallStreamObserver<byte[]> to) {
        AtomicInteger left = new AtomicInteger(MESSAGES);
        to.setOnReadyHandler(() -> {
            while (to.isReady() && left.get() > 0) {
                to.onNext(message);
                if (left.decrementAndGet() == 0) {
                    to.onCompleted();
                }
            }
        });
    }

    private static MethodDescriptor<byte[], byte[]> method(String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setFullMethodName("bench.Bench/" + name)
                .setType(MethodType.SERVER_STREAMING)
                .setRequestMarshaller(new BytesMarshaller())
                .setResponseMarshaller(new BytesMarshaller())
                .build();
    }

    private static byte[] set(Message message) {
        FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder()
                .setName("bench.proto")
                .setPackage("bench")
                .setSyntax("proto3")
                .addDependency(message.getDescriptorForType().getFile().getName())
                .addDependency(HttpBody.getDescriptor().getFile().getName())
                .addDependency(Empty.getDescriptor().getFile().getName())
                .addService(ServiceDescriptorProto.newBuilder()
                        .setName("Bench")
                        .addMethod(bound(
                                "Converted", message.getDescriptorForType().getFullName()))
                        .addMethod(bound("Copied", HttpBody.getDescriptor().getFullName())));
        Set<FileDescriptor> imports = new LinkedHashSet<>();
        add(message.getDescriptorForType().getFile(), imports);
        FileDescriptorSet.Builder set = FileDescriptorSet.newBuilder();
        imports.forEach(each -> set.addFile(each.toProto()));
        return set.addFile(file).build().toByteArray();
    }

    private static void add(FileDescriptor file, Set<FileDescriptor> files) {
        file.getDependencies().forEach(imported -> add(imported, files));
        files.add(file);
    }

    private static MethodDescriptorProto bound(String name, String output) {
        return MethodDescriptorProto.newBuilder()
                .setName(name)
                .setInputType("." + Empty.getDescriptor().getFullName())
                .setOutputType("." + output)
                .setServerStreaming(true)
                .setOptions(MethodOptions.newBuilder()
                        .setExtension(
                                AnnotationsProto.http,
                                HttpRule.newBuilder().setGet("/" + name).build()))
                .build();
    }

    /** Stops the service. */
    @TearDown
    public void tearDown() {
        requireNonNull(upstream, "upstream").close();
        requireNonNull(server, "server").shutdownNow();
    }

    /** Converts each message. */
    @Benchmark
    public long ndjson() {
        return bytesOf("/Converted");
    }

    /** Copies the bytes of each message. */
    @Benchmark
    public long copied() {
        return bytesOf("/Copied");
    }

    private long bytesOf(String path) {
        Count count = new Count();
        TestRequest.get(path)
                .withHeader("Accept", "application/x-ndjson")
                .sendToRoute(requireNonNull(transcoder, "transcoder"))
                .stream()
                .orElseThrow()
                .subscribe(count);
        return count.bytes.join();
    }

    /** A client that takes everything at once. */
    private static final class Count implements Flow.Subscriber<ByteBuffer> {
        private final CompletableFuture<Long> bytes = new CompletableFuture<>();
        private long seen;

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(ByteBuffer item) {
            seen += item.remaining();
        }

        @Override
        public void onError(Throwable failure) {
            bytes.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            bytes.complete(seen);
        }
    }
}
