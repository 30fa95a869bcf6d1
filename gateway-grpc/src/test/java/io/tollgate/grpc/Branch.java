package io.tollgate.grpc;

import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import io.tollgate.grpc.library.Book;
import io.tollgate.grpc.library.GetBookRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One of several backends of a service: it counts its calls, tells its health, and is behind a network that fails. */
final class Branch implements AutoCloseable {
    private final AtomicInteger calls = new AtomicInteger();
    private final Library library = new Library();
    private final HealthStatusManager health = new HealthStatusManager();
    private final TestServer server = TestServer.of(library, health.getHealthService());
    private final FaultyProxy proxy = new FaultyProxy(server.port());

    Branch() {
        respond(null);
    }

    /** @param failure the status of each call; null for success */
    void respond(@Nullable Status failure) {
        library.getBook = (GetBookRequest request, StreamObserver<Book> observer) -> {
            calls.incrementAndGet();
            if (failure == null) {
                TestServer.answer(observer, Library.book);
            } else {
                observer.onError(failure.asRuntimeException());
            }
        };
    }

    void serving(ServingStatus status) {
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    }

    int calls() {
        return calls.get();
    }

    int port() {
        return proxy.port();
    }

    FaultyProxy network() {
        return proxy;
    }

    /** Returns an upstream over these, of which further settings can be made. */
    static UpstreamBuilder upstream(Branch... branches) {
        UpstreamBuilder builder =
                Upstream.builder("library", "127.0.0.1", branches[0].port()).deadline(Duration.ofSeconds(30));
        for (Branch branch : branches) {
            builder.backend("127.0.0.1", branch.port());
        }
        return builder;
    }

    /** Returns the state of this backend. */
    Backend in(Upstream upstream) {
        return upstream.backends().stream()
                .filter(backend -> backend.address().equals("127.0.0.1:" + port()))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        proxy.close();
        server.close();
    }
}
