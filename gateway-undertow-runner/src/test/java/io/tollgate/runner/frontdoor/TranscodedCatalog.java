package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.grpc.transcoding.CatalogServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A service with every kind of binding behind the gateway, in a process of its own that an operator configures with a file. */
abstract class TranscodedCatalog {
    static final Duration WITHIN = Duration.ofSeconds(60);
    static final Path SET = Path.of(
            "..",
            "gateway-grpc",
            "target",
            "generated-test-resources",
            "protobuf",
            "descriptor-sets",
            "services.binpb");
    static final String LINES = "application/x-ndjson";

    @TempDir
    Path folder;

    final CatalogServer catalog = new CatalogServer();
    final Map<String, String> environment = new HashMap<>(Map.of(
            "JWT_SECRET_KEY", Deployment.SECRET,
            "SERVER_HTTP_HOST", "127.0.0.1",
            "SERVER_HTTP_PORT", "0",
            "SERVER_ADMIN_PORT", "0",
            "REDIS_TOKEN_BUCKET_CAPACITY", "10000000"));

    @BeforeEach
    void describe() throws IOException {
        Files.copy(SET, folder.resolve("services.binpb"));
    }

    @AfterEach
    void stop() {
        catalog.close();
    }

    GatewayProcess start(String... more) throws IOException {
        return GatewayProcess.start(environment, "--config", configure(more).toString());
    }

    GatewayProcess start(int port, String... more) throws IOException {
        Path file = folder.resolve("config.yaml");
        return GatewayProcess.start(
                environment,
                "--config",
                Files.writeString(file, yaml(port, more)).toString());
    }

    Path configure(String... more) throws IOException {
        List<String> lines = new ArrayList<>(List.of("descriptors: services.binpb"));
        lines.addAll(List.of(more));
        if (lines.stream().noneMatch(line -> line.startsWith("expose:"))) {
            lines.add("expose: [catalog.v1.Catalog]");
        }
        return Files.writeString(folder.resolve("config.yaml"), yaml(catalog.port(), lines.toArray(String[]::new)));
    }

    static String yaml(int port, String... lines) {
        return """
                transcoding:
                  services:
                    - name: catalog
                      host: 127.0.0.1
                      port: %d
                      %s
                """.formatted(port, String.join("\n      ", lines));
    }

    static Client client(GatewayProcess gateway) {
        return new Client("http://127.0.0.1:" + gateway.awaitPort(), null);
    }

    static HttpResponse<InputStream> stream(int port, String target) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
                                .header("Accept", LINES)
                                .build(),
                        BodyHandlers.ofInputStream());
    }

    static Answer post(Client client, String path, String body) {
        return client.post(path, body);
    }

    static void assertCode(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
    }
}
