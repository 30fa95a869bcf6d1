package io.tollgate.examples.services.user;

import static java.util.concurrent.CompletableFuture.completedStage;
import static java.util.concurrent.CompletableFuture.failedStage;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.token.TokenService;
import io.tollgate.examples.services.server.Answers;
import io.tollgate.examples.services.server.Timestamps;
import io.tollgate.examples.services.server.Workers;
import io.tollgate.grpc.user.LoginRequest;
import io.tollgate.grpc.user.LoginResponse;
import io.tollgate.grpc.user.RefreshTokenRequest;
import io.tollgate.grpc.user.RefreshTokenResponse;
import io.tollgate.grpc.user.RegisterRequest;
import io.tollgate.grpc.user.RegisterResponse;
import io.tollgate.grpc.user.User;
import io.tollgate.grpc.user.UserServiceGrpc;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The methods of {@code user.UserService}. */
final class UserCalls extends UserServiceGrpc.UserServiceImplBase {
    private final Accounts accounts;
    private final Workers database;
    private final Passwords passwords;
    private final Optional<TokenService> tokens;

    UserCalls(Accounts accounts, Workers database, Passwords passwords, Optional<TokenService> tokens) {
        this.accounts = accounts;
        this.database = database;
        this.passwords = passwords;
        this.tokens = tokens;
    }

    @Override
    public void register(RegisterRequest request, StreamObserver<RegisterResponse> observer) {
        Answers.send(observer, () -> {
            UserRules.check(request);
            return passwords
                    .hash(request.getPassword())
                    .thenCompose(hash ->
                            database.submit(() -> accounts.add(request.getEmail(), request.getUsername(), hash)))
                    .thenCompose(added -> added.map(this::welcome).orElseGet(UserCalls::taken));
        });
    }

    @Override
    public void login(LoginRequest request, StreamObserver<LoginResponse> observer) {
        Answers.send(observer, () -> {
            UserRules.check(request);
            return database.submit(() -> accounts.findByEmail(request.getEmail()))
                    .thenCompose(found -> passwords.check(request.getPassword(), found))
                    .thenCompose(match -> match.map(right -> logIn(right, request.getPassword()))
                            .orElseGet(UserCalls::mismatch));
        });
    }

    @Override
    public void refreshToken(RefreshTokenRequest request, StreamObserver<RefreshTokenResponse> observer) {
        Answers.send(observer, () -> {
            UserRules.check(request);
            return tokens.orElseThrow(Status.UNIMPLEMENTED::asRuntimeException)
                    .refresh(request.getRefreshToken())
                    .exceptionally(UserCalls::refused)
                    .thenApply(pair -> RefreshTokenResponse.newBuilder()
                            .setAccessToken(pair.accessToken())
                            .setRefreshToken(pair.refreshToken().orElse(""))
                            .build());
        });
    }

    private CompletionStage<RegisterResponse> welcome(Account account) {
        return issue(account)
                .thenApply(pair -> RegisterResponse.newBuilder()
                        .setUser(userOf(account))
                        .setAccessToken(pair.map(TokenPair::accessToken).orElse(""))
                        .setRefreshToken(pair.flatMap(TokenPair::refreshToken).orElse(""))
                        .build());
    }

    private CompletionStage<LoginResponse> logIn(Passwords.Match match, String password) {
        CompletionStage<?> ready = match.outdated() ? rehash(match.account(), password) : completedStage(null);
        return ready.thenCompose(done -> issue(match.account()))
                .thenApply(pair -> LoginResponse.newBuilder()
                        .setUser(userOf(match.account()))
                        .setAccessToken(pair.map(TokenPair::accessToken).orElse(""))
                        .setRefreshToken(pair.flatMap(TokenPair::refreshToken).orElse(""))
                        .build());
    }

    /** A login is the one moment at which the cost of an old hash can be raised. */
    private CompletionStage<?> rehash(Account account, String password) {
        return passwords
                .hash(password)
                .thenCompose(hash -> database.submit(() -> {
                    accounts.replaceHash(account, hash);
                    return hash;
                }));
    }

    private CompletionStage<Optional<TokenPair>> issue(Account account) {
        if (tokens.isEmpty()) {
            return completedStage(Optional.empty());
        }
        Principal principal =
                new Principal(account.id().toString(), Set.of(), Set.of(), Map.of("username", account.username()));
        return tokens.get().issue(principal).exceptionally(UserCalls::failed).thenApply(Optional::of);
    }

    private static <T> CompletionStage<T> taken() {
        return failedStage(Status.ALREADY_EXISTS
                .withDescription("The email or username is taken.")
                .asRuntimeException());
    }

    private static <T> CompletionStage<T> mismatch() {
        return failedStage(Status.UNAUTHENTICATED
                .withDescription("The email or password is wrong.")
                .asRuntimeException());
    }

    private static TokenPair refused(Throwable failure) {
        GatewayException e = GatewayException.from(failure);
        if (e.code() == CommonError.UNAUTHENTICATED) {
            throw Status.UNAUTHENTICATED
                    .withDescription("The refresh token is not valid.")
                    .asRuntimeException();
        }
        return failed(e);
    }

    /** What the store failed with says more than what the token service makes of it. */
    private static TokenPair failed(Throwable failure) {
        Throwable cause = GatewayException.from(failure);
        while (cause.getCause() != null
                && (cause instanceof GatewayException || cause instanceof CompletionException)) {
            cause = cause.getCause();
        }
        throw cause instanceof RuntimeException unchecked ? unchecked : new CompletionException(cause);
    }

    private static User userOf(Account account) {
        return User.newBuilder()
                .setId(account.id().toString())
                .setEmail(account.email())
                .setUsername(account.username())
                .setCreatedAt(Timestamps.of(account.createdAt()))
                .setUpdatedAt(Timestamps.of(account.updatedAt()))
                .build();
    }
}
