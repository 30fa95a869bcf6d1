package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static io.tollgate.grpc.Outcomes.resultOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grpc.Status;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.order.TicketPurchase;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Registration;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.user.LoginResponse;
import io.tollgate.grpc.user.User;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Retries, counted where the attempts arrive. */
class RetryTest {
    private static final Credentials ada = new Credentials("ada@example.org", "correct horse");
    private static final TicketPurchase wish = new TicketPurchase("concert", "u-1", "key-1");

    private final TestServer server = new TestServer();

    @AfterEach
    void stop() {
        server.close();
    }

    /** As the runner has it. */
    private UpstreamBuilder upstream() {
        return server.upstream().retry(GrpcUserGateway.LOGIN);
    }

    @Test
    void triesALoginAgain() throws Exception {
        server.login = (request, observer) -> {
            if (server.calls.get() < 3) {
                observer.onError(Status.UNAVAILABLE.asRuntimeException());
            } else {
                TestServer.answer(
                        observer,
                        LoginResponse.newBuilder()
                                .setUser(User.newBuilder().setId("u-1"))
                                .build());
            }
        };
        try (Upstream upstream = upstream().build()) {
            assertThat(resultOf(new GrpcUserGateway(upstream).login(ada, CallContext.create()))
                            .user()
                            .id())
                    .isEqualTo("u-1");
        }
        assertThat(server.calls).hasValue(3);
    }

    @Test
    void givesUpALoginAfterThreeTries() throws Exception {
        server.login = TestServer.failing(Status.UNAVAILABLE);
        try (Upstream upstream = upstream().build()) {
            assertThat(errorOf(new GrpcUserGateway(upstream).login(ada, CallContext.create()))
                            .code())
                    .isEqualTo(CommonError.SERVICE_UNAVAILABLE);
        }
        assertThat(server.calls).hasValue(3);
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"OK", "UNAVAILABLE"},
            mode = EnumSource.Mode.EXCLUDE)
    void doesNotTryALoginAgainThatWasAnswered(Status.Code code) throws Exception {
        server.login = TestServer.failing(Status.fromCode(code));
        try (Upstream upstream = upstream().build()) {
            errorOf(new GrpcUserGateway(upstream).login(ada, CallContext.create()));
        }
        assertThat(server.calls).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"UNKNOWN", "INTERNAL", "RESOURCE_EXHAUSTED", "PERMISSION_DENIED"})
    void takesNoStatusOfTheServiceForALostConnection(Status.Code code) throws Exception {
        Status status = Status.fromCode(code).withDescription("Connection closed after GOAWAY of our database");
        server.login = TestServer.failing(status);
        server.purchase = TestServer.failing(status);
        try (Upstream upstream = upstream().build()) {
            assertThat(errorOf(new GrpcUserGateway(upstream).login(ada, CallContext.create()))
                            .code())
                    .isNotEqualTo(CommonError.SERVICE_UNAVAILABLE);
            assertThat(errorOf(new GrpcOrderGateway(upstream).purchase(wish, CallContext.create()))
                            .code())
                    .isNotEqualTo(CommonError.SERVICE_UNAVAILABLE);
        }
        assertThat(server.calls).hasValue(2);
    }

    @Test
    void keepsTheWordsOfTheLastTry() throws Exception {
        server.login = (request, observer) -> observer.onError((server.calls.get() < 2
                        ? Status.UNAVAILABLE
                        : Status.INVALID_ARGUMENT.withDescription("no such domain"))
                .asRuntimeException());
        try (Upstream upstream = upstream().build()) {
            assertThat(errorOf(new GrpcUserGateway(upstream).login(ada, CallContext.create())))
                    .hasMessage("no such domain");
        }
        assertThat(server.calls).hasValue(2);
    }

    @Test
    void stopsTryingWhenTheTimeIsUp() throws Exception {
        server.login = (request, observer) -> {
            if (server.calls.get() == 1) {
                observer.onError(Status.UNAVAILABLE.asRuntimeException());
            }
        };
        try (Upstream upstream = upstream().deadline(Duration.ofSeconds(2)).build()) {
            assertThat(errorOf(new GrpcUserGateway(upstream).login(ada, CallContext.create()))
                            .code())
                    .isEqualTo(CommonError.REQUEST_TIMEOUT);
        }
    }

    @Test
    void neverTriesARegistrationOrARefreshAgain() throws Exception {
        server.register = TestServer.failing(Status.UNAVAILABLE);
        server.refresh = TestServer.failing(Status.UNAVAILABLE);
        try (Upstream upstream = upstream().retry(GrpcOrderGateway.PURCHASE).build()) {
            GrpcUserGateway users = new GrpcUserGateway(upstream);

            errorOf(users.register(new Registration("a@b.c", "ada", "secret"), CallContext.create()));
            assertThat(server.calls).hasValue(1);

            errorOf(users.refresh("refresh-1", CallContext.create()));
            assertThat(server.calls).hasValue(2);
        }
    }

    @Test
    void retriesNothingThatWasNotNamed() throws Exception {
        server.login = TestServer.failing(Status.UNAVAILABLE);
        try (Upstream upstream = server.upstream().build()) {
            errorOf(new GrpcUserGateway(upstream).login(ada, CallContext.create()));
        }
        assertThat(server.calls).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "PurchaseTicket",
                "order.OrderService",
                "/PurchaseTicket",
                "order.OrderService/",
                "a/b/c",
                "a b/c"
            })
    void rejectsANameThatIsNoMethods(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.upstream().retry(name))
                .withMessage("method: \"" + name
                        + "\" (expected: a full method name, such as order.OrderService/PurchaseTicket)");
    }

    @Test
    void doesNotTryAPurchaseAgain() throws Exception {
        server.purchase = TestServer.failing(Status.UNAVAILABLE);
        try (Upstream upstream = upstream().build()) {
            errorOf(new GrpcOrderGateway(upstream).purchase(wish, CallContext.create()));
        }
        assertThat(server.calls).hasValue(1);
    }

    @Test
    void triesAPurchaseAgainWhereTheServiceHonoursIdempotencyKeys() throws Exception {
        server.purchase = (request, observer) -> {
            assertThat(request.getIdempotencyKey()).isEqualTo("key-1");
            if (server.calls.get() < 2) {
                observer.onError(Status.UNAVAILABLE.asRuntimeException());
            } else {
                TestServer.answer(observer, PurchaseResponse.getDefaultInstance());
            }
        };
        try (Upstream upstream = upstream().retry(GrpcOrderGateway.PURCHASE).build()) {
            resultOf(new GrpcOrderGateway(upstream).purchase(wish, CallContext.create()));
        }
        assertThat(server.calls).hasValue(2);
    }
}
