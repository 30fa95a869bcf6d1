package io.tollgate.grpc;

import static java.util.Objects.requireNonNull;

import io.grpc.Channel;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Registration;
import io.tollgate.api.user.Session;
import io.tollgate.api.user.User;
import io.tollgate.api.user.UserGateway;
import io.tollgate.grpc.user.LoginRequest;
import io.tollgate.grpc.user.RefreshTokenRequest;
import io.tollgate.grpc.user.RefreshTokenResponse;
import io.tollgate.grpc.user.RegisterRequest;
import io.tollgate.grpc.user.UserServiceGrpc;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The user service over gRPC ({@code user.UserService}). Thread-safe; never blocks.
 *
 * <p>Stages complete on the thread on which the channel delivers: with an {@link Upstream} its event loop, which
 * dependents must not block; or on the thread that calls or cancels.
 */
public final class GrpcUserGateway implements UserGateway {
    /** The full name of the login method, which does no harm if it is {@linkplain UpstreamBuilder#retry retried}. */
    public static final String LOGIN = UserServiceGrpc.getLoginMethod().getFullMethodName();

    private final Calls calls;

    /** Calls over the connection of {@code upstream}, which stays the caller's to close. */
    public GrpcUserGateway(Upstream upstream) {
        this.calls = upstream.calls();
    }

    /** Calls over {@code channel}, which stays the caller's to close, with 5 seconds for a call and no circuit breaker. */
    public GrpcUserGateway(Channel channel) {
        this(channel, Calls.DEFAULT_DEADLINE);
    }

    /**
     * Calls over {@code channel}, which stays the caller's to close, with no circuit breaker; retries are up to the channel.
     *
     * @param deadline the time that a call may take, 1 millisecond to 1 hour; an earlier deadline of the context wins
     */
    public GrpcUserGateway(Channel channel, Duration deadline) {
        this.calls = Calls.of("user-service", channel, deadline, Breaker.off());
    }

    @Override
    public CompletionStage<Session> register(Registration registration, CallContext context) {
        RegisterRequest request = RegisterRequest.newBuilder()
                .setEmail(registration.email())
                .setUsername(registration.username())
                .setPassword(registration.password())
                .build();
        return calls.unary(
                UserServiceGrpc.getRegisterMethod(),
                request,
                requireNonNull(context, "context"),
                response -> session(response.getUser(), response.getAccessToken(), response.getRefreshToken()),
                GrpcErrors::of);
    }

    @Override
    public CompletionStage<Session> login(Credentials credentials, CallContext context) {
        LoginRequest request = LoginRequest.newBuilder()
                .setEmail(credentials.email())
                .setPassword(credentials.password())
                .build();
        return calls.unary(
                UserServiceGrpc.getLoginMethod(),
                request,
                requireNonNull(context, "context"),
                response -> session(response.getUser(), response.getAccessToken(), response.getRefreshToken()),
                GrpcUserGateway::failedLogin);
    }

    @Override
    public CompletionStage<TokenPair> refresh(String refreshToken, CallContext context) {
        RefreshTokenRequest request =
                RefreshTokenRequest.newBuilder().setRefreshToken(refreshToken).build();
        return calls.unary(
                UserServiceGrpc.getRefreshTokenMethod(),
                request,
                requireNonNull(context, "context"),
                GrpcUserGateway::refreshed,
                GrpcErrors::of);
    }

    /** Returns the error for a login that failed, which never reveals whether the account exists. */
    private static GatewayException failedLogin(CallFailure failure) {
        return switch (failure.status().getCode()) {
            case UNAUTHENTICATED, NOT_FOUND, PERMISSION_DENIED ->
                GatewayException.builder(CommonError.UNAUTHENTICATED, "The email or the password is wrong.")
                        .header("WWW-Authenticate", "Bearer")
                        .cause(failure.cause())
                        .build();
            default -> GrpcErrors.of(failure);
        };
    }

    private static TokenPair refreshed(RefreshTokenResponse response) {
        return tokens(response.getAccessToken(), response.getRefreshToken())
                .orElseThrow(() -> new UnusableResponseException("responded without an access token"));
    }

    private static Session session(io.tollgate.grpc.user.User user, String accessToken, String refreshToken) {
        if (user.getId().isEmpty()) {
            throw new UnusableResponseException("responded without a user, or with one that has no id");
        }
        return new Session(
                new User(
                        user.getId(),
                        user.getEmail(),
                        user.getUsername(),
                        user.hasCreatedAt() ? Timestamps.instant(user.getCreatedAt()) : Optional.empty(),
                        user.hasUpdatedAt() ? Timestamps.instant(user.getUpdatedAt()) : Optional.empty()),
                tokens(accessToken, refreshToken));
    }

    /** A refresh token without an access token is of no use to anybody. */
    private static Optional<TokenPair> tokens(String accessToken, String refreshToken) {
        return accessToken.isEmpty()
                ? Optional.empty()
                : Optional.of(new TokenPair(
                        accessToken, refreshToken.isEmpty() ? Optional.empty() : Optional.of(refreshToken)));
    }
}
