package io.tollgate.grpc;

import static java.util.Objects.requireNonNull;

import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.tollgate.api.CallContext;
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
    private final Calls calls;

    /** Speaks over the connection of {@code upstream}, which stays the caller's to close. */
    public GrpcUserGateway(Upstream upstream) {
        this.calls = upstream.calls();
    }

    /** Speaks over {@code channel}, which stays the caller's to close, with 5 seconds for a call and no circuit breaker. */
    public GrpcUserGateway(Channel channel) {
        this(channel, Calls.DEFAULT_DEADLINE);
    }

    /**
     * Speaks over {@code channel}, which stays the caller's to close, with no circuit breaker; whether calls are retried
     * is up to the channel.
     *
     * @param deadline how long a call may take, 1 millisecond to 1 hour; an earlier deadline of the context wins
     */
    public GrpcUserGateway(Channel channel, Duration deadline) {
        this.calls = new Calls("user-service", channel, deadline, Breaker.OFF);
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
                answer -> session(
                        UserServiceGrpc.getRegisterMethod(),
                        answer.getUser(),
                        answer.getAccessToken(),
                        answer.getRefreshToken()),
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
                answer -> session(
                        UserServiceGrpc.getLoginMethod(),
                        answer.getUser(),
                        answer.getAccessToken(),
                        answer.getRefreshToken()),
                GrpcErrors::ofLogin);
    }

    @Override
    public CompletionStage<TokenPair> refresh(String refreshToken, CallContext context) {
        RefreshTokenRequest request =
                RefreshTokenRequest.newBuilder().setRefreshToken(refreshToken).build();
        return calls.unary(
                UserServiceGrpc.getRefreshTokenMethod(),
                request,
                requireNonNull(context, "context"),
                this::refreshed,
                GrpcErrors::of);
    }

    private TokenPair refreshed(RefreshTokenResponse answer) {
        return tokens(answer.getAccessToken(), answer.getRefreshToken())
                .orElseThrow(() -> GrpcErrors.fault(
                        calls.name(UserServiceGrpc.getRefreshTokenMethod()), "answered without an access token", null));
    }

    private Session session(
            MethodDescriptor<?, ?> method, io.tollgate.grpc.user.User user, String accessToken, String refreshToken) {
        if (user.getId().isEmpty()) {
            throw GrpcErrors.fault(calls.name(method), "answered without a user, or with one that has no id", null);
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
