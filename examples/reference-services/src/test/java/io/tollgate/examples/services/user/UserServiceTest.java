package io.tollgate.examples.services.user;

import static io.tollgate.examples.services.server.TestClient.detail;
import static io.tollgate.examples.services.server.TestClient.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.BadRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tollgate.api.token.AccessToken;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.examples.services.server.Race;
import io.tollgate.examples.services.server.TestClient;
import io.tollgate.grpc.user.LoginRequest;
import io.tollgate.grpc.user.LoginResponse;
import io.tollgate.grpc.user.RefreshTokenRequest;
import io.tollgate.grpc.user.RefreshTokenResponse;
import io.tollgate.grpc.user.RegisterRequest;
import io.tollgate.grpc.user.RegisterResponse;
import io.tollgate.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class UserServiceTest {
    private static final String SECRET = "a secret for tests that is long enough";
    private static final int RACERS = 64;

    private static VirtualTime time;
    private static UserServiceServer server;
    private static TestClient client;

    @BeforeAll
    static void start() {
        time = new VirtualTime(Instant.now());
        server = UserServiceServer.builder()
                .port(0)
                .jwtSecret(SECRET)
                .passwordCost(new PasswordCost(64, 1))
                .time(time)
                .start();
        client = new TestClient(server.port());
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @Test
    void welcomesANewUser() {
        RegisterResponse response = register("ada@example.org", "ada", "correct horse");

        assertThat(UUID.fromString(response.getUser().getId())).isNotNull();
        assertThat(response.getUser().getEmail()).isEqualTo("ada@example.org");
        assertThat(response.getUser().getUsername()).isEqualTo("ada");
        assertThat(response.getUser().getCreatedAt().getSeconds()).isPositive();
        assertThat(response.getUser().getUpdatedAt())
                .isEqualTo(response.getUser().getCreatedAt());
        assertThat(response.getRefreshToken()).isNotEmpty();
    }

    @Test
    void issuesAccessTokensThatTheGatewayCanVerify() {
        RegisterResponse response = register("token@example.org", "token", "correct horse");

        AccessToken token = JwtTokenService.builder()
                .secret(SECRET)
                .build()
                .verify(response.getAccessToken())
                .toCompletableFuture()
                .join();

        assertThat(token.principal().userId()).isEqualTo(response.getUser().getId());
        assertThat(token.principal().claim("username")).contains("token");
    }

    @Test
    void logsInWithTheRightPasswordWhateverTheCaseOfTheEmail() {
        RegisterResponse registered = register("Bob@Example.org", "bob", "correct horse");

        LoginResponse response = logIn("bOB@example.ORG", "correct horse");

        assertThat(response.getUser()).isEqualTo(registered.getUser());
        assertThat(response.getAccessToken()).isNotEmpty();
        assertThat(response.getRefreshToken()).isNotEmpty().isNotEqualTo(registered.getRefreshToken());
    }

    @Test
    void refusesAWrongPasswordAndAnUnknownUserAlike() {
        register("carol@example.org", "carol", "correct horse");

        Status wrongPassword =
                refusal(() -> logIn("carol@example.org", "battery staple")).getStatus();
        Status unknownUser =
                refusal(() -> logIn("nobody@example.org", "battery staple")).getStatus();

        assertThat(wrongPassword.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(unknownUser.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(unknownUser.getDescription()).isEqualTo(wrongPassword.getDescription());
    }

    @Test
    void refusesAnEmailThatIsTakenWhateverItsCaseWithoutSayingWhich() {
        register("dave@example.org", "dave", "correct horse");
        register("other@example.org", "dave2", "correct horse");

        Status email = refusal(() -> register("DAVE@example.org", "dave3", "correct horse"))
                .getStatus();
        Status username = refusal(() -> register("dave4@example.org", "dave2", "correct horse"))
                .getStatus();

        assertThat(email.getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(username.getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(username.getDescription())
                .isEqualTo(email.getDescription())
                .isEqualTo("The email or username is taken.");
    }

    @Test
    void registersAnEmailOnceHoweverManyTryAtOnce() throws Exception {
        List<Status.Code> outcomes = Race.of(RACERS, i -> () -> {
            try {
                register(i % 2 == 0 ? "race@example.org" : "RACE@example.org", "racer-" + i, "correct horse");
                return Status.Code.OK;
            } catch (StatusRuntimeException e) {
                return e.getStatus().getCode();
            }
        });

        assertThat(outcomes).filteredOn(Status.Code.OK::equals).hasSize(1);
        assertThat(outcomes).filteredOn(Status.Code.ALREADY_EXISTS::equals).hasSize(RACERS - 1);
    }

    @Test
    void namesEveryFieldOfARegistrationAtFault() throws Exception {
        StatusRuntimeException refusal = refusal(() -> register("no at", "ab", "12345"));

        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(detail(refusal, BadRequest.class).getFieldViolationsList())
                .extracting(violation ->
                        violation.getField() + " " + violation.getReason() + ": " + violation.getDescription())
                .containsExactly(
                        "email INVALID_FORMAT: must be one email address, such as ada@example.org",
                        "username TOO_SHORT: must be at least 3 characters",
                        "password TOO_SHORT: must be at least 6 characters");
    }

    @Test
    void takesFieldsAtTheirLongest() {
        String email = "e".repeat(254 - "@example.org".length()) + "@example.org";

        RegisterResponse response = register(email, "😀".repeat(50), "é".repeat(512));

        assertThat(response.getUser().getEmail()).isEqualTo(email);
        assertThat(logIn(email, "é".repeat(512)).getUser()).isEqualTo(response.getUser());
    }

    @Test
    void refusesFieldsThatAreTooLong() throws Exception {
        String email = "e".repeat(255 - "@example.org".length()) + "@example.org";

        StatusRuntimeException refusal = refusal(() -> register(email, "u".repeat(51), "é".repeat(513)));

        assertThat(detail(refusal, BadRequest.class).getFieldViolationsList())
                .extracting(violation -> violation.getField() + " " + violation.getReason())
                .containsExactly("email TOO_LONG", "username TOO_LONG", "password TOO_LONG");
    }

    @Test
    void exchangesARefreshTokenForItsSuccessor() {
        RegisterResponse registered = register("erin@example.org", "erin", "correct horse");

        RefreshTokenResponse first = refresh(registered.getRefreshToken());
        RefreshTokenResponse second = refresh(first.getRefreshToken());

        assertThat(first.getAccessToken()).isNotEmpty();
        assertThat(first.getRefreshToken()).isNotEqualTo(registered.getRefreshToken());
        assertThat(second.getRefreshToken()).isNotEqualTo(first.getRefreshToken());
    }

    @Test
    void returnsTheSameSuccessorToACallerThatLostTheResponse() {
        RegisterResponse registered = register("fred@example.org", "fred", "correct horse");
        RefreshTokenResponse successor = refresh(registered.getRefreshToken());

        assertThat(refresh(registered.getRefreshToken()).getRefreshToken()).isEqualTo(successor.getRefreshToken());

        assertThat(refresh(successor.getRefreshToken()).getRefreshToken()).isNotEqualTo(successor.getRefreshToken());
    }

    @Test
    void revokesTheWholeFamilyOfARefreshTokenThatIsUsedAgainLater() {
        RegisterResponse registered = register("frank@example.org", "frank", "correct horse");
        LoginResponse elsewhere = logIn("frank@example.org", "correct horse");
        RefreshTokenResponse successor = refresh(registered.getRefreshToken());
        time.advance(Duration.ofSeconds(10));

        assertUnauthenticated(registered.getRefreshToken());

        assertUnauthenticated(successor.getRefreshToken());
        assertThat(refresh(elsewhere.getRefreshToken()).getAccessToken()).isNotEmpty();
    }

    @Test
    void refusesARefreshTokenThatWasNeverIssued() {
        assertUnauthenticated("made-up");
        assertUnauthenticated("A".repeat(66));
    }

    @Test
    void exchangesARefreshTokenOnceHoweverManyTryAtOnce() throws Exception {
        String token = register("grace@example.org", "grace", "correct horse").getRefreshToken();

        List<String> successors = Race.of(RACERS, i -> () -> refresh(token).getRefreshToken());

        assertThat(successors).hasSize(RACERS).containsOnly(successors.get(0));
        assertThat(successors.get(0)).isNotEqualTo(token);
    }

    @Test
    void asksForTheFieldsThatALoginOrARefreshMustHave() throws Exception {
        StatusRuntimeException login = refusal(() -> logIn("", ""));
        StatusRuntimeException refresh = refusal(() -> refresh(""));

        assertThat(detail(login, BadRequest.class).getFieldViolationsList())
                .extracting(BadRequest.FieldViolation::getField)
                .containsExactly("email", "password");
        assertThat(detail(refresh, BadRequest.class).getFieldViolationsList())
                .extracting(BadRequest.FieldViolation::getField)
                .containsExactly("refresh_token");
    }

    @Test
    void doesNotStartWithoutASecretOrWithAShortOne() {
        assertThatThrownBy(() -> UserServiceServer.builder().port(0).start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("jwtSecret");
        assertThatThrownBy(() -> UserServiceServer.builder().jwtSecret("too short"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32")
                .hasMessageNotContaining("too short");
    }

    private static void assertUnauthenticated(String refreshToken) {
        assertThat(refusal(() -> refresh(refreshToken)).getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    private static RegisterResponse register(String email, String username, String password) {
        return client.users()
                .register(RegisterRequest.newBuilder()
                        .setEmail(email)
                        .setUsername(username)
                        .setPassword(password)
                        .build());
    }

    private static LoginResponse logIn(String email, String password) {
        return client.users()
                .login(LoginRequest.newBuilder()
                        .setEmail(email)
                        .setPassword(password)
                        .build());
    }

    private static RefreshTokenResponse refresh(String token) {
        return client.users()
                .refreshToken(
                        RefreshTokenRequest.newBuilder().setRefreshToken(token).build());
    }
}
