package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.token.BearerAuthenticator;
import io.tollgate.api.token.TokenPair;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Registration;
import io.tollgate.api.user.Session;
import io.tollgate.api.user.User;
import io.tollgate.api.user.UserGateway;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Accounts and sessions: registration, login, refresh, logout. */
final class UserEndpoints {
    private final UserGateway users;

    UserEndpoints(UserGateway users) {
        this.users = requireNonNull(users, "users");
    }

    Endpoint register() {
        return new JsonEndpoint<>(
                fields -> new Registration(
                        fields.email("email"), fields.username("username"), fields.password("password")),
                registration -> Map.of("account", registration.email()),
                (registration, request) -> session(201, users.register(registration, request.context())));
    }

    Endpoint login() {
        return new JsonEndpoint<>(
                fields -> new Credentials(fields.email("email"), fields.password("password")),
                credentials -> Map.of("account", credentials.email()),
                (credentials, request) -> session(200, users.login(credentials, request.context())));
    }

    Endpoint refresh() {
        return new JsonEndpoint<>(
                fields -> fields.refreshToken("refreshToken"),
                token -> Map.of(),
                (token, request) -> users.refresh(token, request.context())
                        .thenApply(pair -> secret(200, Json.object(json -> write(json, pair)))));
    }

    Endpoint logout(Logout logout) {
        return new JsonEndpoint<>(
                fields -> fields.refreshToken("refreshToken"),
                token -> Map.of(),
                (token, request) -> logout.logout(token, BearerAuthenticator.token(request.headers("Authorization")))
                        .thenApply(done -> HttpResponse.empty(204).withHeader("Cache-Control", "no-store")));
    }

    private static CompletionStage<HttpResponse> session(int status, CompletionStage<Session> answer) {
        return answer.thenApply(session -> {
            TokenPair tokens = session.tokens().orElseThrow(UserEndpoints::noTokens);
            return secret(status, Json.object(json -> {
                json.writeFieldName("user");
                write(json, session.user());
                write(json, tokens);
            }));
        });
    }

    private static GatewayException noTokens() {
        return GatewayException.builder(CommonError.INTERNAL_SERVER_ERROR, "The gateway failed to handle the request.")
                .cause(new IllegalStateException("the user service, which is to issue the tokens, sent none"))
                .build();
    }

    /** RFC 6749, section 5.1: a response with tokens in it must not be stored. */
    private static HttpResponse secret(int status, byte[] body) {
        return HttpResponse.json(status, body).withHeader("Cache-Control", "no-store");
    }

    private static void write(JsonGenerator json, User user) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", user.id());
        json.writeStringField("email", user.email());
        json.writeStringField("username", user.username());
        if (user.createdAt().isPresent()) {
            json.writeStringField("createdAt", user.createdAt().get().toString());
        }
        if (user.updatedAt().isPresent()) {
            json.writeStringField("updatedAt", user.updatedAt().get().toString());
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, TokenPair tokens) throws IOException {
        json.writeStringField("accessToken", tokens.accessToken());
        if (tokens.refreshToken().isPresent()) {
            json.writeStringField("refreshToken", tokens.refreshToken().get());
        }
    }
}
