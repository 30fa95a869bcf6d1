package io.tollgate.examples.benchmarks.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.auth.JwtVerifier;
import io.tollgate.examples.benchmarks.load.TokenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenWriterTest {
    private static final String SECRET = "a-secret-of-this-test-that-is-long-enough";

    private final JwtVerifier verifier = JwtVerifier.builder().secret(SECRET).build();

    @TempDir
    Path folder;

    @Test
    void writesTokensOfOneLengthThatTheGatewayAccepts() throws IOException {
        TokenFile file = new TokenWriter(folder, SECRET).users(1_001);

        List<String> tokens = Files.readAllLines(file.file());
        assertThat(tokens).hasSize(1_001).doesNotHaveDuplicates().allMatch(token -> token.length() == file.length());
        assertThat(file.first()).isEqualTo(tokens.get(0));
        assertThat(user(tokens.get(1_000))).isEqualTo("user-0001000");
    }

    @Test
    void writesTokensThatTheGatewayRejects() throws IOException {
        TokenWriter writer = new TokenWriter(folder, SECRET);

        for (TokenFile file : List.of(writer.wronglySigned(), writer.forged(10))) {
            for (String token : Files.readAllLines(file.file())) {
                assertThatThrownBy(() -> user(token)).hasMessageContaining("token");
            }
        }
        assertThat(Files.readAllLines(writer.forged(10).file())).doesNotHaveDuplicates();
    }

    private String user(String token) {
        return verifier.verify(token).toCompletableFuture().join().principal().userId();
    }
}
