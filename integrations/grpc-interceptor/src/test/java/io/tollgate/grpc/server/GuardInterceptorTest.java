package io.tollgate.grpc.server;

import static io.tollgate.grpc.server.ChatServer.line;
import static io.tollgate.grpc.server.Replies.detail;
import static io.tollgate.grpc.server.Replies.trailer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.guard.TokenProtection;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.api.token.AccessRule;
import io.tollgate.grpc.GrpcErrors;
import io.tollgate.grpc.Upstream;
import io.tollgate.grpc.server.chat.AdminServiceGrpc;
import io.tollgate.grpc.server.chat.ChatServiceGrpc;
import io.tollgate.grpc.server.chat.Line;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Matchers;
import io.tollgate.ratelimit.Policies;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unary calls over real connections, with a limiter in the process. */
class GuardInterceptorTest {
    private static final RateLimit PLENTY = RateLimit.perHour(1_000);

    private static RequestGuard.Builder guard(RateLimitPolicy... policies) {
        return RequestGuard.builder()
                .tokens(Tokens.verifier())
                .limiter(LocalRateLimiter.builder().build(), List.of(policies));
    }

    private static ChatServer guarded(RequestGuard guard) {
        return ChatServer.with(executor -> GuardInterceptor.of(guard, executor));
    }

    private static ChatServer guarded(RequestGuard guard, RouteRules rules) {
        return ChatServer.with(executor ->
                GuardInterceptor.builder(guard).routes(rules).executor(executor).build());
    }

    private static StatusRuntimeException failure(ChatServiceGrpc.ChatServiceBlockingStub client) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> client.say(line("hello")));
    }

    @Test
    void handlesACallWithAValidToken() {
        try (ChatServer server =
                guarded(guard(Policies.standard(RateLimit.perHour(10))).build())) {
            server.say = (request, observer) -> {
                String user = GuardInterceptor.principal().orElseThrow().userId();
                String same = GuardInterceptor.PRINCIPAL.get().userId();
                long limit = GuardInterceptor.admitted()
                        .flatMap(admitted -> admitted.reported())
                        .orElseThrow()
                        .bandwidth()
                        .capacity();
                ChatServer.echo(line(user + " " + same + " " + limit), observer);
            };
            AtomicReference<Metadata> headers = new AtomicReference<>();
            AtomicReference<Metadata> trailers = new AtomicReference<>();

            Line response = server.blocking("authorization", Tokens.bearer("ann"))
                    .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers))
                    .say(line("hello"));

            assertThat(response.getText()).isEqualTo("ann ann 10");
            assertThat(headers.get().get(text("x-ratelimit-limit"))).isEqualTo("10");
            assertThat(headers.get().get(text("x-ratelimit-remaining"))).isEqualTo("9");
            assertThat(headers.get().get(text("x-request-id"))).matches(CallContext::isRequestId);
            assertThat(trailers.get().containsKey(text("x-ratelimit-limit"))).isFalse();
        }
    }

    @Test
    void callsOfServicesHaveTheIdTheDeadlineAndTheEndOfTheCall() throws Exception {
        try (ChatServer server = guarded(guard(Policies.standard(PLENTY)).build())) {
            CompletableFuture<CallContext> seen = new CompletableFuture<>();
            CompletableFuture<Void> cancelled = new CompletableFuture<>();
            server.say = (request, observer) -> {
                CallContext context = GuardInterceptor.callContext();
                context.onCancel(() -> cancelled.complete(null));
                seen.complete(context);
            };

            StatusRuntimeException late = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> server.blocking("authorization", Tokens.bearer("ann"), "x-request-id", "from-the-client")
                            .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                            .say(line("hello")));

            assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            CallContext context = seen.get(30, TimeUnit.SECONDS);
            cancelled.get(30, TimeUnit.SECONDS);
            assertThat(context.requestId()).isEqualTo("from-the-client");
            assertThat(context.remaining().orElseThrow()).isLessThan(Duration.ofMillis(300));
            assertThat(context.hasClientDeadline()).isTrue();
            assertThat(context.isCancelled()).isTrue();
        }
    }

    @Test
    void outsideOfACallTheContextHasNoDeadline() {
        CallContext context = GuardInterceptor.callContext();

        assertThat(context.deadlineNanos()).isEmpty();
        assertThat(context.isCancelled()).isFalse();
    }

    @Test
    void rejectsACallWithoutATokenWithDetails() throws Exception {
        try (ChatServer server =
                guarded(guard(Policies.standard(RateLimit.perHour(10))).build())) {
            StatusRuntimeException rejection = failure(server.blocking());

            assertThat(rejection.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(rejection.getStatus().getDescription()).startsWith("An access token is required");
            ErrorInfo info = detail(rejection, ErrorInfo.class);
            assertThat(info.getReason()).isEqualTo("MISSING_TOKEN");
            assertThat(info.getDomain()).isEqualTo("tollgate.io");
            assertThat(trailer(rejection, "www-authenticate")).isEqualTo("Bearer");
            assertThat(trailer(rejection, "x-ratelimit-remaining")).isEqualTo("9");
            assertThat(trailer(rejection, "x-request-id")).matches(CallContext::isRequestId);
            assertThat(GrpcErrors.from(rejection).code()).isEqualTo(CommonError.MISSING_TOKEN);
            assertThat(server.started).hasValue(0);
        }
    }

    @Test
    void rejectsACallBeyondTheLimitWithDetailsAndPushback() throws Exception {
        try (ChatServer server =
                guarded(guard(Policies.standard(RateLimit.perHour(1))).build())) {
            var client = server.blocking("authorization", Tokens.bearer("ann"), "x-request-id", "from-the-client");
            client.say(line("hello"));

            StatusRuntimeException rejection = failure(client);

            assertThat(rejection.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(detail(rejection, ErrorInfo.class).getReason()).isEqualTo("RATE_LIMIT_EXCEEDED");
            assertThat(detail(rejection, QuotaFailure.class).getViolations(0).getSubject())
                    .isEqualTo("policy:default");
            long seconds = detail(rejection, RetryInfo.class).getRetryDelay().getSeconds();
            assertThat(seconds).isBetween(3_000L, 3_600L);
            assertThat(Long.parseLong(trailer(rejection, "grpc-retry-pushback-ms")))
                    .isBetween(seconds * 1_000, seconds * 1_000 + 1_000);
            assertThat(trailer(rejection, "x-ratelimit-limit")).isEqualTo("1");
            assertThat(trailer(rejection, "x-ratelimit-remaining")).isEqualTo("0");
            assertThat(Long.parseLong(trailer(rejection, "retry-after"))).isBetween(3_000L, 3_600L);
            assertThat(trailer(rejection, "x-request-id")).isEqualTo("from-the-client");
            assertThat(server.started).hasValue(1);
        }
    }

    @Test
    void isUnderstoodByTheRetriesOfTheClient() {
        RateLimit quick = RateLimit.per(Duration.ofSeconds(1), 5);
        try (ChatServer server = guarded(guard(Policies.standard(quick)).build(), RouteRules.all(AccessRule.open()))) {
            // Its own backoff would be a minute or more: only the pushback makes it finish in time.
            Map<String, ?> retries = Map.of(
                    "methodConfig",
                    List.of(Map.of(
                            "name",
                            List.of(Map.of()),
                            "retryPolicy",
                            Map.of(
                                    "maxAttempts",
                                    5.0,
                                    "initialBackoff",
                                    "600s",
                                    "maxBackoff",
                                    "600s",
                                    "backoffMultiplier",
                                    1.0,
                                    "retryableStatusCodes",
                                    List.of("RESOURCE_EXHAUSTED")))));
            ManagedChannel channel =
                    server.newChannel(builder -> builder.enableRetry().defaultServiceConfig(retries));
            var client = ChatServiceGrpc.newBlockingStub(channel).withDeadlineAfter(Duration.ofSeconds(60));

            List<String> responses = IntStream.range(0, 8)
                    .mapToObj(i -> client.say(line("call " + i)).getText())
                    .toList();

            assertThat(responses).hasSize(8).endsWith("call 7");
        }
    }

    @Test
    void isUnderstoodByOurOwnClient() {
        try (ChatServer server = guarded(
                        guard(Policies.standard(RateLimit.perHour(1))).build(), RouteRules.all(AccessRule.open()));
                Upstream upstream =
                        Upstream.builder("chat", "127.0.0.1", server.port()).build()) {
            var client = ChatServiceGrpc.newBlockingStub(upstream.channel());
            client.say(line("hello"));

            GatewayException error = GrpcErrors.from(failure(client));

            assertThat(error.code()).isEqualTo(CommonError.RATE_LIMIT_EXCEEDED);
            assertThat(error).hasMessage("Too many requests. Please try again later.");
            assertThat(error.retryAfter().orElseThrow()).isBetween(Duration.ofMinutes(50), Duration.ofHours(1));
        }
    }

    @Test
    void limitsBadTokensButNotTheValidOnesOfTheSameAddress() {
        RequestGuard guard = guard().tokenProtection(TokenProtection.of(RateLimit.perHour(3)))
                .build();
        try (ChatServer server = guarded(guard)) {
            List<Status.Code> codes = IntStream.range(0, 5)
                    .mapToObj(i -> failure(server.blocking("authorization", Tokens.bearer("ann") + "x"))
                            .getStatus()
                            .getCode())
                    .toList();

            assertThat(codes)
                    .containsExactly(
                            Status.Code.UNAUTHENTICATED,
                            Status.Code.UNAUTHENTICATED,
                            Status.Code.UNAUTHENTICATED,
                            Status.Code.RESOURCE_EXHAUSTED,
                            Status.Code.RESOURCE_EXHAUSTED);
            assertThat(server.blocking("authorization", Tokens.bearer("ann"))
                            .say(line("hello"))
                            .getText())
                    .isEqualTo("hello");
        }
    }

    @Test
    void readsNoTokenFromBinaryMetadata() {
        try (ChatServer server = guarded(guard().build())) {
            Metadata binary = new Metadata();
            binary.put(
                    Metadata.Key.of("authorization-bin", Metadata.BINARY_BYTE_MARSHALLER),
                    Tokens.bearer("ann").getBytes(java.nio.charset.StandardCharsets.UTF_8));

            StatusRuntimeException rejection =
                    failure(server.blocking().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(binary)));

            assertThat(GrpcErrors.from(rejection).code()).isEqualTo(CommonError.MISSING_TOKEN);
        }
    }

    @Test
    void rejectsTwoTokens() {
        try (ChatServer server = guarded(guard().build())) {
            String token = Tokens.bearer("ann");

            StatusRuntimeException rejection = failure(server.blocking("authorization", token, "authorization", token));

            assertThat(GrpcErrors.from(rejection).code()).isEqualTo(CommonError.INVALID_TOKEN_FORMAT);
        }
    }

    @Test
    void appliesTheRuleOfTheMethodAndOfTheService() {
        RouteRules rules = RouteRules.builder()
                .route("/chat.v1.ChatService/Say", AccessRule.open())
                .route("/chat.v1.AdminService/**", AccessRule.token().andOneOfRoles(List.of("admin")))
                .otherwise(AccessRule.token())
                .build();
        try (ChatServer server = guarded(guard().build(), rules)) {
            assertThat(server.blocking().say(line("hello")).getText()).isEqualTo("hello");
            assertThat(admin(server, "authorization", Tokens.bearer("eve"))).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(admin(server)).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(admin(server, "authorization", Tokens.bearer("ada", "admin")))
                    .isEqualTo(Status.Code.OK);
            assertThat(catchThrowableOfType(
                                    StatusRuntimeException.class,
                                    () -> server.blocking()
                                            .recite(line("hello"))
                                            .next())
                            .getStatus()
                            .getCode())
                    .isEqualTo(Status.Code.UNAUTHENTICATED);
        }
    }

    private static Status.Code admin(ChatServer server, String... metadata) {
        try {
            AdminServiceGrpc.newBlockingStub(server.channel(metadata)).reset(line("all"));
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/chat.v1.AdminService/Reset",
                "./chat.v1.AdminService/Reset",
                "x/../chat.v1.AdminService/Reset",
                "chat.v1.AdminService;x/Reset",
                "chat.v1.AdminService/Reset;x",
                "chat.v1.AdminService//Reset",
                "chat.v1.AdminService/./Reset",
                "chat.v1.%41dminService/Reset",
                "chat.v1.AdminService%2fReset",
                "chat.v1.AdminService/Reset/",
                "chat.v1.AdminService/Reset?x",
                "chat.v1.adminservice/Reset",
                "CHAT.V1.ADMINSERVICE/RESET",
            })
    void findsNoHandlerByAnotherSpellingOfAPath(String name) {
        RouteRules rules = RouteRules.builder()
                .route("/chat.v1.AdminService/**", AccessRule.token().andOneOfRoles(List.of("admin")))
                .otherwise(AccessRule.open())
                .build();
        MethodDescriptor<Line, Line> hostile = MethodDescriptor.<Line, Line>newBuilder()
                .setFullMethodName(name)
                .setType(MethodDescriptor.MethodType.UNARY)
                .setRequestMarshaller(ProtoUtils.marshaller(Line.getDefaultInstance()))
                .setResponseMarshaller(ProtoUtils.marshaller(Line.getDefaultInstance()))
                .build();
        try (ChatServer server = guarded(guard().build(), rules)) {
            Channel channel = server.channel();

            StatusRuntimeException failure = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> ClientCalls.blockingUnaryCall(channel, hostile, CallOptions.DEFAULT, line("all")));

            assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
            assertThat(server.started).hasValue(0);
        }
    }

    @Test
    void showsPoliciesTheMethodAsTheRoute() {
        RateLimitPolicy admins = Policies.named("admin")
                .limit(RateLimit.perHour(1))
                .when(Matchers.route("/chat.v1.AdminService/Reset"))
                .build();
        RouteRules rules = RouteRules.builder()
                .route("/chat.v1.AdminService/**", AccessRule.open())
                .otherwise(AccessRule.open())
                .build();
        try (ChatServer server = guarded(guard(admins).build(), rules)) {
            assertThat(admin(server)).isEqualTo(Status.Code.OK);
            assertThat(admin(server)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(server.blocking().say(line("hello")).getText()).isEqualTo("hello");
        }
    }

    @Test
    void takesTheAddressFromATrustedProxyOnly() {
        RateLimitPolicy standard = Policies.standard(RateLimit.perHour(1));
        try (ChatServer behindProxy = guarded(
                        guard(standard).trustedProxies("127.0.0.0/8").build(), RouteRules.all(AccessRule.open()));
                ChatServer direct = guarded(guard(standard).build(), RouteRules.all(AccessRule.open()))) {
            for (String client : List.of("192.0.2.1", "192.0.2.2", "2001:db8::1")) {
                assertThat(behindProxy
                                .blocking("x-forwarded-for", client)
                                .say(line(client))
                                .getText())
                        .isEqualTo(client);
            }
            assertThat(failure(behindProxy.blocking("x-forwarded-for", "192.0.2.1"))
                            .getStatus()
                            .getCode())
                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

            direct.blocking("x-forwarded-for", "192.0.2.1").say(line("hello"));
            assertThat(failure(direct.blocking("x-forwarded-for", "192.0.2.2"))
                            .getStatus()
                            .getCode())
                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
    }

    @Test
    void keepsTheIdOfTheClientIfItIsValid() {
        try (ChatServer server = guarded(guard().build(), RouteRules.all(AccessRule.open()))) {
            server.say = (request, observer) -> ChatServer.echo(line(GuardInterceptor.REQUEST_ID.get()), observer);

            assertThat(server.blocking("x-request-id", "id-7").say(line("")).getText())
                    .isEqualTo("id-7");
            assertThat(server.blocking("x-request-id", "x".repeat(129))
                            .say(line(""))
                            .getText())
                    .hasSize(36);
            assertThat(server.blocking("x-request-id", "a b").say(line("")).getText())
                    .hasSize(36);
        }
    }

    @Test
    void needsAnExecutor() {
        assertThatIllegalStateException()
                .isThrownBy(() -> GuardInterceptor.builder(guard().build()).build())
                .withMessage(
                        "executor: unset (expected: the executor of the server, also passed to ServerBuilder.executor)");
    }

    @Test
    void startsHandlersOnTheThreadOfTheServerIfTheDecisionIsLocal() {
        Executor unused = task -> {
            throw new AssertionError("Local decisions need no executor.");
        };
        try (ChatServer server = ChatServer.with(
                executor -> GuardInterceptor.of(guard(Policies.standard(PLENTY)).build(), unused))) {
            assertThat(server.blocking("authorization", Tokens.bearer("ann"))
                            .say(line("hello"))
                            .getText())
                    .isEqualTo("hello");
        }
    }

    private static Metadata.Key<String> text(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
