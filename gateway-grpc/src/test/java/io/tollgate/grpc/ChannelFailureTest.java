package io.tollgate.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.grpc.library.Book;
import io.tollgate.grpc.library.GetBookRequest;
import io.tollgate.grpc.library.LibraryServiceGrpc;
import io.tollgate.grpc.library.LibraryServiceGrpc.LibraryServiceBlockingStub;
import io.tollgate.grpc.library.ListBooksRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Failures, the circuit breaker and retries, as generated stubs of a third service meet them. */
class ChannelFailureTest {
    private static final GetBookRequest DUNE =
            GetBookRequest.newBuilder().setTitle("Dune").build();

    private final Library library = new Library();
    private final TestServer server = TestServer.of(library);
    private final List<Upstream> open = new ArrayList<>();

    @AfterEach
    void stop() {
        server.close();
        open.forEach(Upstream::close);
    }

    @Test
    void rejectsCallsWhileTheBreakerIsOpen() {
        List<String> seen = new CopyOnWriteArrayList<>();
        Upstream upstream = upstream(
                builder -> builder.breaker(new BreakerSettings(Duration.ofMinutes(1), 4, 50, Duration.ofMinutes(10), 2))
                        .intercept(recording(seen)));
        library.getBook = TestServer.failing(Status.UNAVAILABLE);
        for (int i = 0; i < 4; i++) {
            failureOf(() -> blocking(upstream).getBook(DUNE));
        }
        assertThat(upstream.breakerState()).isEqualTo(BreakerState.OPEN);

        StatusRuntimeException rejected = failureOf(() -> blocking(upstream).getBook(DUNE));

        assertThat(rejected.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(rejected.getTrailers()
                        .get(Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER)))
                .satisfies(ms -> assertThat(Integer.parseInt(ms)).isBetween(1, 600_000));
        GatewayException error = GrpcErrors.from(rejected);
        assertThat(error.code()).isEqualTo(CommonError.CIRCUIT_OPEN);
        assertThat(error.retryAfter()).isPresent();
        assertThat(server.calls).hasValue(4);
        assertThat(seen).hasSize(4);
    }

    @Test
    void closesTheBreakerAgain() {
        Upstream upstream = upstream(
                builder -> builder.breaker(new BreakerSettings(Duration.ofMinutes(1), 4, 50, Duration.ofMillis(1), 2)));
        library.getBook = TestServer.failing(Status.UNAVAILABLE);
        for (int i = 0; i < 4; i++) {
            failureOf(() -> blocking(upstream).getBook(DUNE));
        }
        library.getBook = TestServer.answering(Library.book);

        await().ignoreExceptionsInstanceOf(StatusRuntimeException.class).until(() -> {
            blocking(upstream).getBook(DUNE);
            return upstream.breakerState() == BreakerState.CLOSED;
        });
    }

    @Test
    void leavesTheProbesToOthersWhenStreamsAreSilent() {
        Upstream upstream = upstream(builder -> builder.deadline(Duration.ofMillis(500))
                .breaker(new BreakerSettings(Duration.ofMinutes(1), 4, 50, Duration.ofMillis(1), 2)));
        library.getBook = TestServer.failing(Status.UNAVAILABLE);
        library.listBooks = new Library.Silence();
        for (int i = 0; i < 4; i++) {
            failureOf(() -> blocking(upstream).getBook(DUNE));
        }
        await().until(() -> {
            LibraryServiceGrpc.newStub(upstream.channel()).listBooks(ListBooksRequest.getDefaultInstance(), ignoring());
            return server.calls.get() >= 4 + 2;
        });
        library.getBook = TestServer.answering(Library.book);

        await().ignoreExceptionsInstanceOf(StatusRuntimeException.class).until(() -> {
            blocking(upstream).getBook(DUNE);
            return upstream.breakerState() == BreakerState.CLOSED;
        });
    }

    @Test
    void retriesTheMethodsThatAreNamed() {
        Upstream upstream = upstream(builder -> builder.withoutBreaker()
                .retry(LibraryServiceGrpc.getGetBookMethod())
                .retry("library.v1.LibraryService/AddBooks"));
        library.getBook = TestServer.failing(Status.UNAVAILABLE);
        library.listBooks = (request, observer) -> observer.onError(Status.UNAVAILABLE.asRuntimeException());

        failureOf(() -> blocking(upstream).getBook(DUNE));
        assertThat(server.calls).hasValue(3);

        failureOf(() -> blocking(upstream)
                .listBooks(ListBooksRequest.getDefaultInstance())
                .hasNext());
        assertThat(server.calls).hasValue(4);
    }

    @Test
    void showsTextOfTheServiceAndNoneOfTheClientLibrary() throws Exception {
        library.getBook = TestServer.failing(Status.PERMISSION_DENIED.withDescription("members only"));
        assertThat(GrpcErrors.from(
                        failureOf(() -> blocking(upstream(builder -> builder)).getBook(DUNE))))
                .hasMessage("members only");

        library.getBook = TestServer.answering(
                Book.newBuilder().setTitle("t".repeat(5_000)).build());
        Upstream small = upstream(builder -> builder.maxInboundMessageSize(1 << 10));
        assertThat(GrpcErrors.from(failureOf(() -> blocking(small).getBook(DUNE))))
                .hasMessage("A limit of the service is exhausted; try again later.");

        try (Http2Server proxy =
                Http2Server.answering(Map.of(":status", "403", "content-type", "text/html"), "proxy-7 says no")) {
            Upstream wrong =
                    Upstream.builder("wrong", "127.0.0.1", proxy.port()).build();
            open.add(wrong);
            assertThat(GrpcErrors.from(failureOf(() -> blocking(wrong).getBook(DUNE))))
                    .hasMessage("You may not do that.");
        }
    }

    private Upstream upstream(UnaryOperator<Upstream.Builder> settings) {
        Upstream upstream = settings.apply(server.upstream()).build();
        open.add(upstream);
        return upstream;
    }

    private static LibraryServiceBlockingStub blocking(Upstream upstream) {
        return LibraryServiceGrpc.newBlockingStub(upstream.channel());
    }

    private static StatusRuntimeException failureOf(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call);
    }

    private static ClientInterceptor recording(List<String> seen) {
        return new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                seen.add(method.getFullMethodName());
                return next.newCall(method, options);
            }
        };
    }

    private static StreamObserver<Book> ignoring() {
        return new StreamObserver<>() {
            @Override
            public void onNext(Book book) {}

            @Override
            public void onError(Throwable error) {}

            @Override
            public void onCompleted() {}
        };
    }
}
