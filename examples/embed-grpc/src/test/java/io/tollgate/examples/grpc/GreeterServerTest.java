package io.tollgate.examples.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tollgate.api.CommonError;
import io.tollgate.api.Principal;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.examples.grpc.greeter.GreeterGrpc;
import io.tollgate.examples.grpc.greeter.HelloRequest;
import io.tollgate.grpc.GrpcErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Five lines limit and authenticate, over a real socket. */
class GreeterServerTest {
    private static final String SECRET = "thirty-two bytes of secret, or more";

    private GreeterServer server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        server = new GreeterServer(0, SECRET, RateLimit.perHour(2));
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
    }

    @Test
    void limitsAndAuthenticates() {
        GreeterGrpc.GreeterBlockingStub ann =
                GreeterGrpc.newBlockingStub(channel).withCallCredentials(new BearerToken(token("ann")));
        assertThat(hello(ann)).isEqualTo("Hello, ann");
        assertThat(hello(ann)).isEqualTo("Hello, ann");

        StatusRuntimeException limited = catchThrowableOfType(StatusRuntimeException.class, () -> hello(ann));
        assertThat(limited.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(GrpcErrors.from(limited).retryAfter().orElseThrow())
                .isBetween(Duration.ofMinutes(1), Duration.ofMinutes(30));

        StatusRuntimeException anonymous =
                catchThrowableOfType(StatusRuntimeException.class, () -> hello(GreeterGrpc.newBlockingStub(channel)));
        assertThat(anonymous.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(GrpcErrors.from(anonymous).code()).isEqualTo(CommonError.MISSING_TOKEN);
    }

    @Test
    void doesSoInFiveLines() throws IOException {
        List<String> source = Files.readAllLines(
                Path.of("src", "main", "java", "io", "tollgate", "examples", "grpc", "GreeterServer.java"));
        int from = indexOf(source, "// limit and authenticate: from here");
        int to = indexOf(source, "// to here");

        List<String> counted = source.subList(from + 1, to).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.matches("[{}();]+"))
                .toList();

        assertThat(counted).hasSizeBetween(3, 5);
        assertThat(counted).noneMatch(line -> line.startsWith("//"));
    }

    private static int indexOf(List<String> source, String marker) {
        int index = source.stream().map(String::strip).toList().indexOf(marker);
        assertThat(index).as(marker).isNotNegative();
        return index;
    }

    private static String hello(GreeterGrpc.GreeterBlockingStub greeter) {
        return greeter.hello(HelloRequest.getDefaultInstance()).getText();
    }

    private static String token(String user) {
        return JwtTokenService.builder()
                .secret(SECRET)
                .build()
                .issue(Principal.of(user))
                .toCompletableFuture()
                .join()
                .accessToken();
    }
}
