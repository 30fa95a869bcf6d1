package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.user.Credentials;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Interceptors of a library user, and their calls. */
class InterceptTest {
    private static final Metadata.Key<String> TENANT = Metadata.Key.of("x-tenant", Metadata.ASCII_STRING_MARSHALLER);
    private static final Credentials ada = new Credentials("ada@example.org", "correct horse");

    private final TestServer server = new TestServer();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void seeOneCallWhereItIsTriedThrice() throws Exception {
        server.login = TestServer.failing(Status.UNAVAILABLE);
        try (Upstream upstream = server.upstream()
                .retry(GrpcUserGateway.LOGIN)
                .deadline(Duration.ofMinutes(1))
                .intercept(recording("a"))
                .build()) {
            errorOf(new GrpcUserGateway(upstream).login(ada, CallContext.create()));
        }

        assertThat(server.calls).hasValue(3);
        assertThat(seen).containsExactly("a starts user.UserService/Login", "a ends UNAVAILABLE");
    }

    @Test
    void standInTheOrderTheyWereAdded() throws Exception {
        server.login = TestServer.failing(Status.NOT_FOUND);
        try (Upstream upstream = server.upstream()
                .intercept(recording("a"), recording("b"))
                .intercept(recording("c"))
                .build()) {
            errorOf(new GrpcUserGateway(upstream).login(ada, CallContext.create()));
        }

        assertThat(seen)
                .containsExactly(
                        "a starts user.UserService/Login",
                        "b starts user.UserService/Login",
                        "c starts user.UserService/Login",
                        "c ends NOT_FOUND",
                        "b ends NOT_FOUND",
                        "a ends NOT_FOUND");
    }

    @Test
    void mayAddToTheMetadata() throws Exception {
        AtomicReference<String> tenant = new AtomicReference<>();
        server.login = (request, observer) -> {
            tenant.set(TestServer.HEADERS.get().get(TENANT));
            observer.onError(Status.NOT_FOUND.asRuntimeException());
        };
        try (Upstream upstream = server.upstream().intercept(recording("a")).build()) {
            errorOf(new GrpcUserGateway(upstream).login(ada, CallContext.create()));
        }

        assertThat(tenant).hasValue("a");
    }

    @Test
    void failTheCallByThrowing() throws Exception {
        ClientInterceptor broken = new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions o, Channel next) {
                throw new IllegalStateException("broken");
            }
        };
        try (Upstream upstream = server.upstream().intercept(broken).build()) {
            assertThat(errorOf(new GrpcUserGateway(upstream).login(ada, CallContext.create()))
                            .code())
                    .isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        }
        assertThat(server.calls).hasValue(0);
    }

    private ClientInterceptor recording(String name) {
        return new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions o, Channel next) {
                return new SimpleForwardingClientCall<>(next.newCall(method, o)) {
                    @Override
                    public void start(Listener<A> listener, Metadata headers) {
                        seen.add(name + " starts " + method.getFullMethodName());
                        headers.put(TENANT, name);
                        super.start(
                                new SimpleForwardingClientCallListener<>(listener) {
                                    @Override
                                    public void onClose(Status status, Metadata trailers) {
                                        seen.add(name + " ends " + status.getCode());
                                        super.onClose(status, trailers);
                                    }
                                },
                                headers);
                    }
                };
            }
        };
    }
}
