package io.tollgate.grpc;

import static io.tollgate.grpc.Outcomes.errorOf;
import static io.tollgate.grpc.Outcomes.resultOf;
import static io.tollgate.grpc.TestServer.answering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Registration;
import io.tollgate.api.user.Session;
import io.tollgate.grpc.user.LoginRequest;
import io.tollgate.grpc.user.LoginResponse;
import io.tollgate.grpc.user.RefreshTokenRequest;
import io.tollgate.grpc.user.RefreshTokenResponse;
import io.tollgate.grpc.user.RegisterRequest;
import io.tollgate.grpc.user.RegisterResponse;
import io.tollgate.grpc.user.User;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcUserGatewayTest {
    private static final TestServer server = new TestServer();
    private static final Upstream upstream = server.upstream().build();
    private static final GrpcUserGateway users = new GrpcUserGateway(upstream);

    private static final CallContext context = CallContext.create();
    private static final Credentials ada = new Credentials("ada@example.org", "correct horse");
    private static final User user = User.newBuilder()
            .setId("u-1")
            .setEmail("ada@example.org")
            .setUsername("ada")
            .setCreatedAt(Timestamp.newBuilder().setSeconds(1_700_000_000).setNanos(5))
            .setUpdatedAt(Timestamp.newBuilder().setSeconds(1_700_000_001))
            .build();

    @AfterAll
    static void stop() {
        upstream.close();
        server.close();
    }

    @Test
    void registersAUser() throws Exception {
        AtomicReference<RegisterRequest> seen = new AtomicReference<>();
        server.register = (request, observer) -> {
            seen.set(request);
            TestServer.answer(
                    observer,
                    RegisterResponse.newBuilder()
                            .setUser(user)
                            .setAccessToken("access")
                            .setRefreshToken("refresh")
                            .build());
        };

        Session session = resultOf(users.register(new Registration("ada@example.org", "ada", "secret"), context));

        assertThat(seen.get())
                .isEqualTo(RegisterRequest.newBuilder()
                        .setEmail("ada@example.org")
                        .setUsername("ada")
                        .setPassword("secret")
                        .build());
        assertThat(session)
                .isEqualTo(new Session(
                        new io.tollgate.api.user.User(
                                "u-1",
                                "ada@example.org",
                                "ada",
                                Optional.of(Instant.ofEpochSecond(1_700_000_000, 5)),
                                Optional.of(Instant.ofEpochSecond(1_700_000_001))),
                        Optional.of(TokenPair.of("access", "refresh"))));
    }

    @Test
    void logsAUserIn() throws Exception {
        AtomicReference<LoginRequest> seen = new AtomicReference<>();
        server.login = (request, observer) -> {
            seen.set(request);
            TestServer.answer(
                    observer,
                    LoginResponse.newBuilder()
                            .setUser(user)
                            .setAccessToken("access")
                            .setRefreshToken("refresh")
                            .build());
        };

        Session session = resultOf(users.login(ada, context));

        assertThat(seen.get().getEmail()).isEqualTo("ada@example.org");
        assertThat(seen.get().getPassword()).isEqualTo("correct horse");
        assertThat(session.user().username()).isEqualTo("ada");
        assertThat(session.tokens()).contains(TokenPair.of("access", "refresh"));
    }

    @Test
    void leavesTheTokensToTheGatewayWhereTheServiceIssuesNone() throws Exception {
        server.login = answering(LoginResponse.newBuilder().setUser(user).build());

        assertThat(resultOf(users.login(ada, context)).tokens()).isEmpty();
    }

    @Test
    void takesAnAccessTokenWithoutARefreshToken() throws Exception {
        server.login = answering(LoginResponse.newBuilder()
                .setUser(user)
                .setAccessToken("access")
                .build());

        assertThat(resultOf(users.login(ada, context)).tokens()).contains(new TokenPair("access", Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "253402300800, 0",
        "-62135596801, 0",
        "9223372036854775807, 999999999",
        "-9223372036854775808, 0",
        "0, -1",
        "0, 1000000000",
        "0, -2147483648"
    })
    void leavesATimeOutThatIsNone(long seconds, int nanos) throws Exception {
        User late = user.toBuilder()
                .setCreatedAt(Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos))
                .build();
        server.login = answering(LoginResponse.newBuilder().setUser(late).build());

        assertThat(resultOf(users.login(ada, context)).user().createdAt()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"253402300799, 999999999", "-62135596800, 0"})
    void keepsTheFirstAndTheLastTime(long seconds, int nanos) throws Exception {
        User edge = user.toBuilder()
                .setCreatedAt(Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos))
                .build();
        server.login = answering(LoginResponse.newBuilder().setUser(edge).build());

        assertThat(resultOf(users.login(ada, context)).user().createdAt())
                .contains(Instant.ofEpochSecond(seconds, nanos));
    }

    @Test
    void takesALoginWithoutAUserForAFault() throws Exception {
        server.login = answering(LoginResponse.newBuilder()
                .setAccessToken("access")
                .setRefreshToken("refresh")
                .build());

        assertFault(errorOf(users.login(ada, context)), "test-service Login: responded without a user");
    }

    @Test
    void takesARegistrationWithoutAnIdForAFault() throws Exception {
        server.register = answering(RegisterResponse.newBuilder()
                .setUser(user.toBuilder().clearId())
                .setAccessToken("access")
                .build());

        assertFault(
                errorOf(users.register(new Registration("a@b.c", "ada", "secret"), context)),
                "test-service Register: responded without a user");
    }

    @Test
    void exchangesARefreshToken() throws Exception {
        AtomicReference<RefreshTokenRequest> seen = new AtomicReference<>();
        server.refresh = (request, observer) -> {
            seen.set(request);
            TestServer.answer(
                    observer,
                    RefreshTokenResponse.newBuilder()
                            .setAccessToken("access-2")
                            .setRefreshToken("refresh-2")
                            .build());
        };

        assertThat(resultOf(users.refresh("refresh-1", context))).isEqualTo(TokenPair.of("access-2", "refresh-2"));
        assertThat(seen.get().getRefreshToken()).isEqualTo("refresh-1");
    }

    @Test
    void takesARefreshWithoutAnAccessTokenForAFault() throws Exception {
        server.refresh = answering(
                RefreshTokenResponse.newBuilder().setRefreshToken("refresh-2").build());

        assertFault(
                errorOf(users.refresh("refresh-1", context)),
                "test-service RefreshToken: responded without an access token");
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"UNAUTHENTICATED", "NOT_FOUND", "PERMISSION_DENIED"})
    void saysTheSameOfEveryFailedLogin(Status.Code code) throws Exception {
        server.login = TestServer.failing(Status.fromCode(code).withDescription("no account " + code));

        GatewayException error = errorOf(users.login(ada, context));

        assertThat(error.code()).isEqualTo(CommonError.UNAUTHENTICATED);
        assertThat(error.getMessage()).isEqualTo("The email or the password is wrong.");
        assertThat(error.details()).isEmpty();
        assertThat(error.headers()).containsExactly(java.util.Map.entry("WWW-Authenticate", "Bearer"));
        assertThat(error.getCause()).hasMessageContaining("no account " + code);
    }

    @Test
    void keepsTheServicesWordsOnARefusedRefresh() throws Exception {
        server.refresh = TestServer.failing(Status.UNAUTHENTICATED.withDescription("refresh token was used before"));

        GatewayException error = errorOf(users.refresh("refresh-1", context));

        assertThat(error.code()).isEqualTo(CommonError.UNAUTHENTICATED);
        assertThat(error.getMessage()).isEqualTo("refresh token was used before");
        assertThat(error.headers()).containsEntry("WWW-Authenticate", "Bearer");
    }

    @Test
    void refusesNullAtOnce() {
        assertThatNullPointerException().isThrownBy(() -> users.login(ada, null));
        assertThatNullPointerException().isThrownBy(() -> users.refresh(null, context));
        assertThatNullPointerException().isThrownBy(() -> new GrpcUserGateway((io.grpc.Channel) null));
    }

    private static void assertFault(GatewayException error, String log) {
        assertThat(error.code()).isEqualTo(CommonError.INTERNAL_SERVER_ERROR);
        assertThat(error.getMessage()).isEqualTo("The service failed to handle the request.");
        assertThat(error.getCause()).hasMessageStartingWith(log);
    }
}
