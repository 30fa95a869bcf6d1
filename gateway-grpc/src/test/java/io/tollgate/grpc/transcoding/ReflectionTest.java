package io.tollgate.grpc.transcoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.grpc.SilentCall;
import io.tollgate.grpc.Upstream;
import io.tollgate.grpc.catalog.CatalogGrpc;
import io.tollgate.grpc.catalog.GetBookRequest;
import io.tollgate.testkit.TestRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ReflectionTest {
    private static ServiceDescriptors reflect(Upstream upstream, Duration timeout) throws Exception {
        return ServiceDescriptors.reflect("catalog", upstream.channel(), timeout)
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    private static Upstream connect(CatalogServer server) {
        return Upstream.builder("catalog", "127.0.0.1", server.port())
                .closeTimeout(Duration.ZERO)
                .build();
    }

    @Test
    void asksAServerForWhatItServes() throws Exception {
        serves(ProtoReflectionServiceV1.newInstance());
    }

    @Test
    @SuppressWarnings("deprecation") // which is why servers still have it
    void asksAnOlderServer() throws Exception {
        serves(ProtoReflectionService.newInstance());
    }

    private static void serves(BindableService reflection) throws Exception {
        try (CatalogServer server = new CatalogServer(reflection);
                Upstream upstream = connect(server)) {
            ServiceDescriptors found = reflect(upstream, Duration.ofSeconds(30));

            Transcoder transcoder = Transcoder.builder(upstream)
                    .descriptors(found)
                    .auth(Auth.NONE)
                    .build();
            assertThat(found.source()).isEqualTo("catalog");
            assertThat(transcoder.routes())
                    .extracting(TranscodedRoute::method)
                    .contains("catalog.v1.Catalog.GetBook", "catalog.v1.Catalog.Watch");
            assertThat(new String(
                            TestRequest.get("/v1/shelves/1/books/2")
                                    .sendToRoute(transcoder)
                                    .bytes(),
                            java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo("{\"name\":\"shelves/1/books/2\"}");
            assertThat(reflect(upstream, Duration.ofSeconds(30))).isEqualTo(found);
        }
    }

    @Test
    void readsFilesOnNoThreadOfTheConnection() throws Exception {
        try (CatalogServer server = new CatalogServer(ProtoReflectionServiceV1.newInstance());
                Upstream upstream = connect(server)) {
            CompletableFuture<String> thread = new CompletableFuture<>();
            Channel observed = ClientInterceptors.intercept(upstream.channel(), new ClientInterceptor() {
                @Override
                public <Q, R> ClientCall<Q, R> interceptCall(
                        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                        @Override
                        public void start(Listener<R> listener, Metadata headers) {
                            super.start(
                                    new SimpleForwardingClientCallListener<>(listener) {
                                        @Override
                                        public void onMessage(R message) {
                                            thread.complete(
                                                    Thread.currentThread().getName());
                                            super.onMessage(message);
                                        }
                                    },
                                    headers);
                        }
                    };
                }
            });

            ServiceDescriptors.reflect("catalog", observed, Duration.ofSeconds(30));

            assertThat(thread.get(60, TimeUnit.SECONDS)).doesNotContain("ELG");
        }
    }

    @Test
    void saysThatAServerHasNoReflection() {
        assertThat(failure(Duration.ofSeconds(30)).code()).isEqualTo(CommonError.METHOD_NOT_IMPLEMENTED);
    }

    @Test
    void saysThatAServerIsSilent() {
        assertThat(failure(Duration.ofMillis(500), answering((request, to) -> {}))
                        .code())
                .isEqualTo(CommonError.REQUEST_TIMEOUT);
    }

    @Test
    void rejectsWhatIsNoResponse() {
        GatewayException error = failure(
                Duration.ofSeconds(60), answering((request, to) -> to.onNext(new byte[] {(byte) 0xff, (byte) 0xff})));

        assertThat(error.code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        assertThat(error.getCause()).hasMessageContaining("catalog: reflection sent a malformed response");
    }

    /** Each response names another file to import. */
    @Test
    void stopsAServerThatNeverEnds() {
        int[] number = {0};
        GatewayException error = failure(
                Duration.ofMinutes(5), answering((request, to) -> to.onNext(fileImportingAnother(number[0]++))));

        assertThat(error.getCause()).hasMessageContaining("reflection sent more than");
    }

    @Test
    void failsIfNobodyListens() {
        CatalogServer server = new CatalogServer();
        try (Upstream upstream = connect(server)) {
            server.close();
            assertThatThrownBy(() -> reflect(upstream, Duration.ofSeconds(30)))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(GatewayException.class);
        }
    }

    @Test
    void failsIfTheCallThrows() {
        for (boolean starts : new boolean[] {false, true}) {
            CompletableFuture<ServiceDescriptors> found = ServiceDescriptors.reflect(
                            "catalog", new Throwing(starts), Duration.ofSeconds(30))
                    .toCompletableFuture();

            assertThat(found).isCompletedExceptionally();
            Throwable failure = found.handle((set, e) -> e).join();
            assertThat(failure).hasRootCauseMessage("a broken interceptor");
            assertThat(GatewayException.from(failure).code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        }
    }

    /** The interceptor throws before there is a connection; that there is one later lets the group ask again. */
    @Test
    @Timeout(90)
    void asksAgainAfterAnInterceptorThatThrew() {
        AtomicInteger thrown = new AtomicInteger();
        ClientInterceptor once = new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                if (method.getFullMethodName().contains("Reflection") && thrown.getAndIncrement() == 0) {
                    throw new IllegalStateException("a broken interceptor");
                }
                return next.newCall(method, options);
            }
        };
        try (CatalogServer server = new CatalogServer(ProtoReflectionServiceV1.newInstance());
                Upstream upstream = Upstream.builder("catalog", "127.0.0.1", server.port())
                        .closeTimeout(Duration.ZERO)
                        .intercept(once)
                        .build();
                TranscoderGroup group = TranscoderGroup.builder()
                        .reflection(
                                "catalog",
                                upstream,
                                () -> Transcoder.builder(upstream).auth(Auth.NONE))
                        .build()) {
            await().atMost(Duration.ofSeconds(30)).until(() -> thrown.get() > 0);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> group.states().get(0).fault().isPresent());
            CatalogGrpc.newBlockingStub(upstream.channel()).getBook(GetBookRequest.getDefaultInstance());

            await().atMost(Duration.ofSeconds(60))
                    .until(() -> group.states().get(0).routes().isPresent());
            assertThat(group.states().get(0).fault()).isEmpty();
        }
    }

    /** A channel with an interceptor that throws. */
    private static final class Throwing extends Channel {
        private final boolean starts;

        /** @param starts whether the call throws when it is started, instead of when it is made */
        Throwing(boolean starts) {
            this.starts = starts;
        }

        @Override
        public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
            if (!starts) {
                throw new IllegalStateException("a broken interceptor");
            }
            return new SilentCall<>() {
                @Override
                public void start(Listener<A> given, Metadata headers) {
                    throw new IllegalStateException("a broken interceptor");
                }
            };
        }

        @Override
        public String authority() {
            return "nowhere";
        }
    }

    private static GatewayException failure(Duration timeout, BindableService... services) {
        try (CatalogServer server = new CatalogServer(services);
                Upstream upstream = connect(server)) {
            reflect(upstream, timeout);
            throw new AssertionError("no failure");
        } catch (ExecutionException e) {
            return GatewayException.from(e);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Returns a {@code ServerReflectionResponse} with one file. */
    private static byte[] fileImportingAnother(int number) {
        byte[] file = TestSet.file("name: 'f" + number + ".proto' dependency: 'f" + (number + 1) + ".proto'")
                .build()
                .toByteArray();
        byte[] response = new byte[file.length + 4];
        response[0] = 4 << 3 | 2; // file_descriptor_response
        response[1] = (byte) (file.length + 2);
        response[2] = 1 << 3 | 2; // file_descriptor_proto
        response[3] = (byte) file.length;
        System.arraycopy(file, 0, response, 4, file.length);
        return response;
    }

    private static BindableService answering(BiConsumer<byte[], StreamObserver<byte[]>> answer) {
        return () -> ServerServiceDefinition.builder("grpc.reflection.v1.ServerReflection")
                .addMethod(
                        RawBytes.method(
                                "grpc.reflection.v1.ServerReflection/ServerReflectionInfo", MethodType.BIDI_STREAMING),
                        ServerCalls.<byte[], byte[]>asyncBidiStreamingCall(to -> new StreamObserver<byte[]>() {
                            @Override
                            public void onNext(byte[] request) {
                                answer.accept(request, to);
                            }

                            @Override
                            public void onError(Throwable failure) {}

                            @Override
                            public void onCompleted() {
                                to.onCompleted();
                            }
                        }))
                .build();
    }
}
