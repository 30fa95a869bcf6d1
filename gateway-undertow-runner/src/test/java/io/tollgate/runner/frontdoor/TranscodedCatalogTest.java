package io.tollgate.runner.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.tollgate.api.Principal;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.grpc.catalog.Book;
import io.tollgate.grpc.transcoding.CatalogServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service with every kind of binding behind the gateway, in a process of its own that an operator configures with a file. */
class TranscodedCatalogTest {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final Path SET = Path.of(
            "..",
            "gateway-grpc",
            "target",
            "generated-test-resources",
            "protobuf",
            "descriptor-sets",
            "services.binpb");
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String JSON = "application/json";
    private static final String LINES = "application/x-ndjson";

    @TempDir
    Path folder;

    private final CatalogServer catalog = new CatalogServer();
    private final Map<String, String> environment = new HashMap<>(Map.of(
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

    @Test
    void checksRequestsAsTheContractSays() throws Exception {
        try (GatewayProcess gateway = start("auth: none", "max_body_size: 1KiB")) {
            Client client = client(gateway);

            assertThat(post(client, "/v1/echo", "{\"big\":\"9007199254740993\",\"color\":\"RED\"}")
                            .body())
                    .isEqualTo("{\"big\":\"9007199254740993\",\"color\":\"RED\"}");
            Answer faults = post(client, "/v1/echo", "{\"number\":2147483648,\"no\":1,\"children\":[{},{\"flag\":2}]}");
            assertThat(faults.status()).isEqualTo(400);
            assertThat(faults.header("X-Request-Id")).isNotEmpty();
            JsonNode error = MAPPER.readTree(faults.body());
            assertThat(error.get("code").textValue()).isEqualTo("INVALID_ARGUMENT");
            assertThat(error.get("details").get("violations").findValuesAsText("field"))
                    .containsExactlyInAnyOrder("number", "no", "children[1].flag");
            assertCode(post(client, "/v1/echo", "{"), 400, "INVALID_JSON");
            assertCode(post(client, "/v1/echo", "null"), 400, "INVALID_JSON");
            assertCode(post(client, "/v1/echo?text=x", "{}"), 400, "INVALID_ARGUMENT");
            assertCode(client.get("/v1/echo?nothing=1"), 400, "INVALID_ARGUMENT");
            assertCode(client.get("/v1/echo/"), 404, "ROUTE_NOT_FOUND");
            assertCode(client.get("//v1/echo"), 404, "ROUTE_NOT_FOUND");
            assertCode(client.send("TRACE", "/v1/headers", BodyPublishers.noBody()), 405, "METHOD_NOT_ALLOWED");
            assertCode(
                    client.send("POST", "/v1/echo", BodyPublishers.ofString("{}"), "Content-Type", "text/plain"),
                    415,
                    "UNSUPPORTED_MEDIA_TYPE");
            assertCode(post(client, "/v1/echo", " ".repeat(1025)), 413, "BODY_TOO_LARGE");
            assertCode(client.get("/v1/echo/one/%ff/x/y"), 400, "INVALID_REQUEST");
            assertThat(client.get("/v1/echo/many/a%2Fb/c%20d").body()).isEqualTo("{\"text\":\"a%2Fb/c d\"}");
            Answer options = client.send("OPTIONS", "/v1/headers", BodyPublishers.noBody());
            assertThat(options.status()).isEqualTo(204);
            assertThat(options.header("Allow")).isEqualTo("GET, HEAD");
            assertThat(client.send("HEAD", "/v1/headers", BodyPublishers.noBody())
                            .status())
                    .isEqualTo(200);
            String headers = client.get(
                            "/v1/headers",
                            "X-Request-Id",
                            "mine",
                            "Authorization",
                            "Bearer x",
                            "grpc-timeout",
                            "1n",
                            "X-Other",
                            "1")
                    .body();
            assertThat(headers)
                    .contains("\"x-request-id\":\"mine\"")
                    .doesNotContain("authorization", "\"grpc-timeout\":\"1n\"", "x-other");
        }
    }

    @Test
    void authenticatesAuthorizesAndLimitsEachRoute() throws Exception {
        Path file = configure(
                "identity: {user_id: principal.user_id, owner.user_id: principal.user_id}",
                "rules:",
                "  - {method: catalog.v1.Catalog.Get*, scopes: [books.read]}",
                "  - {method: catalog.v1.Catalog.Headers, auth: none}");
        Files.writeString(file, Files.readString(file) + """
                rate_limit:
                  policies:
                    - name: scarce
                      routes: ["/v1/{name=shelves/*/books/*}:move"]
                      limits: [2/hour]
                """);
        try (GatewayProcess gateway = GatewayProcess.start(environment, "--config", file.toString())) {
            Client client = client(gateway);
            String token = JwtTokenService.builder()
                    .secret(Deployment.SECRET)
                    .build()
                    .issue(Principal.of("ann"))
                    .toCompletableFuture()
                    .join()
                    .accessToken();
            String[] ann = {"Authorization", "Bearer " + token};

            assertCode(post(client, "/v1/echo", "{broken"), 401, "MISSING_TOKEN");
            assertCode(client.get("/v1/shelves/1/books/2", ann), 403, "INSUFFICIENT_SCOPE");
            assertThat(client.get("/v1/headers").status()).isEqualTo(200);
            for (int i = 0; i < 2; i++) {
                Answer moved = client.post(
                        "/v1/shelves/1/books/2:move",
                        "{\"userId\":\"eve\",\"owner\":{\"userId\":7,\"note\":\"n\"}}",
                        ann);
                assertThat(moved.status()).as(moved.body()).isEqualTo(200);
            }
            assertThat(catalog.requests.toString())
                    .contains("user_id: \"ann\"")
                    .contains("note: \"n\"")
                    .doesNotContain("eve");
            Answer limited = client.post("/v1/shelves/1/books/2:move", "{}", ann);
            assertCode(limited, 429, "RATE_LIMIT_EXCEEDED");
            assertThat(limited.header("X-RateLimit-Limit")).isEqualTo("2");
            assertThat(client.get("/v1/echo", ann).status()).isEqualTo(200);

            GatewayProcess table = GatewayProcess.start(environment, "--routes", "--config", file.toString());
            assertThat(table.awaitExit()).isZero();
            assertThat(table.output())
                    .contains("POST  /v1/{name=shelves/*/books/*}:move  catalog.v1.Catalog.MoveBook  required  -  "
                            + "default,scarce  " + folder.resolve("services.binpb"))
                    .contains(
                            "GET  /v1/{name=shelves/*/books/*}  catalog.v1.Catalog.GetBook  required  books.read  default")
                    .contains("GET  /v1/headers  catalog.v1.Catalog.Headers  none  -  default")
                    .contains("catalog.v1.Catalog.Watch (stream)");
        }
    }

    @Test
    void showsOperatorsItsConnectionItsDescriptorsAndEachMethod() throws Exception {
        try (GatewayProcess gateway = start("auth: none")) {
            Client client = client(gateway);
            Operator operator = new Operator(gateway.awaitAdminPort());
            for (int i = 0; i < 5; i++) {
                assertThat(client.get("/v1/shelves/" + i + "/books/2").status()).isEqualTo(200);
            }

            assertThat(operator.get("/health/ready").body()).contains("\"catalog\"", "catalog-descriptors", "routes");
            assertThat(operator.get("/metrics").body())
                    .contains("rpc_method=\"catalog.v1.Catalog/GetBook\"")
                    .contains("http_route=\"/v1/{name=shelves/*/books/*}\"")
                    .doesNotContain("shelves/3");
        }
    }

    @Test
    void describesItsRoutesWithTheCommentsOfTheDescriptors() throws Exception {
        try (GatewayProcess gateway = start("identity: {user_id: principal.user_id}")) {
            Client client = client(gateway);

            JsonNode api = MAPPER.readTree(client.get("/openapi.json").body());

            JsonNode get = api.get("paths")
                    .get("/v1/shelves/{shelvesId}/books/{booksId}")
                    .get("get");
            assertThat(get.get("description").textValue()).isEqualTo("Returns a book.");
            assertThat(get.get("security").toString()).isEqualTo("[{\"accessToken\":[]}]");
            assertThat(get.get("parameters").findValuesAsText("name"))
                    .containsExactly("shelvesId", "booksId", "isbn", "number");
            assertThat(get.at("/responses/200/content/application~1json/schema/$ref")
                            .textValue())
                    .isEqualTo("#/components/schemas/catalog.v1.Book");
            JsonNode book = api.at("/components/schemas/catalog.v1.Book");
            assertThat(book.get("description").textValue()).isEqualTo("A book.");
            assertThat(book.at("/properties/createTime/format").textValue()).isEqualTo("date-time");
            assertThat(api.at("/paths/~1v1~1books:watch/get/responses/200/content")
                            .fieldNames())
                    .toIterable()
                    .containsExactlyInAnyOrder(JSON, LINES, "text/event-stream");
            assertThat(api.at("/paths/~1health/get").isMissingNode()).isFalse();
            assertThat(api.get("tags").findValuesAsText("name")).contains("catalog.v1.Catalog", "Accounts");
            assertThat(client.get("/docs").status()).isEqualTo(200);
        }
    }

    @Test
    void reportsEveryProblemOfAConfigurationAtOnce() throws Exception {
        Path file = configure(
                "expose: [catalog.v1.Catalog, catalog.v1.Nothing]",
                "exclude: [catalog.v1.Catalog.Gone]",
                "identity: {nobody: principal.user_id}",
                "rules: [{method: catalog.v1.Catalog.Wrong, auth: none}]");
        GatewayProcess check = GatewayProcess.start(environment, "--check-config", "--config", file.toString());

        assertThat(check.awaitExit()).isNotZero();
        assertThat(check.output())
                .contains("expose: catalog.v1.Nothing")
                .contains("exclude: catalog.v1.Catalog.Gone")
                .contains("identity: nobody")
                .contains("rules: catalog.v1.Catalog.Wrong");

        Files.writeString(file, Files.readString(file).replace("descriptors:", "reflection: true\n      descriptors:"));
        GatewayProcess both = GatewayProcess.start(environment, "--check-config", "--config", file.toString());
        assertThat(both.awaitExit()).isNotZero();
        assertThat(both.output()).contains("both descriptors and reflection");

        Files.writeString(file, yaml(1, "reflection: true").replace("name: catalog", "name: redis"));
        GatewayProcess named = GatewayProcess.start(environment, "--check-config", "--config", file.toString());
        assertThat(named.awaitExit()).isNotZero();
        assertThat(named.output()).contains("a service named redis, as a part of the gateway is");
    }

    @Test
    void streamsForLongerThanAResponseMayTake() throws Exception {
        environment.put("SERVER_HTTP_WRITE_TIMEOUT", "1s");
        try (GatewayProcess gateway = start("auth: none")) {
            int port = gateway.awaitPort();
            CompletableFuture<HttpResponse<InputStream>> response = HttpClient.newHttpClient()
                    .sendAsync(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/books:watch?hold=true"))
                                    .header("Accept", LINES)
                                    .build(),
                            BodyHandlers.ofInputStream());
            await().atMost(WITHIN).until(() -> !catalog.requests.isEmpty());
            await().pollDelay(Duration.ofSeconds(3)).until(() -> !response.isDone());

            catalog.sendOnHeld(Book.newBuilder().setName("one").build());
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(response.join().body(), UTF_8));
            assertThat(lines.readLine()).isEqualTo("{\"name\":\"one\"}");
            await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
            catalog.sendOnHeld(Book.newBuilder().setName("two").build());
            assertThat(lines.readLine()).isEqualTo("{\"name\":\"two\"}");
            catalog.endHeld();
            assertThat(lines.readLine()).isNull();
        }
    }

    @Test
    void stopsAfterTheStreamsThatAreInFlight() throws Exception {
        try (GatewayProcess gateway = start("auth: none")) {
            int port = gateway.awaitPort();
            HttpResponse<InputStream> response = stream(port, "/v1/books:watch?count=1&hold=true");
            BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8));
            assertThat(lines.readLine()).isEqualTo("{\"name\":\"watched\"}");

            gateway.terminate();
            GatewayProcess.awaitRefused(port);
            catalog.sendOnHeld(Book.newBuilder().setName("last").build());
            catalog.endHeld();

            assertThat(lines.readLine()).isEqualTo("{\"name\":\"last\"}");
            assertThat(lines.readLine()).isNull();
            assertThat(gateway.awaitExit()).as(gateway.output()).isIn(0, 143);
        }
    }

    @Test
    void cancelsTheCallOfAClientThatLeavesAndEndsAStreamThatFails() throws Exception {
        try (GatewayProcess gateway = start("auth: none")) {
            int port = gateway.awaitPort();
            stream(port, "/v1/books:watch?count=1&hold=true").body().close();
            await().atMost(WITHIN).until(() -> catalog.cancelled.get() > 0);

            String failed = client(gateway)
                    .get("/v1/books:watch?count=2&code=5", "Accept", LINES)
                    .body();
            assertThat(failed.lines().toList())
                    .hasSize(3)
                    .last()
                    .asString()
                    .startsWith("{\"error\":{\"error\":\"NOT_FOUND_ERROR\",\"code\":\"RESOURCE_NOT_FOUND\"");
        }
    }

    /** 200 MB for a client that does not read do not fit into the gateway's memory. */
    @Test
    void keepsItsMemoryForAClientThatDoesNotRead() throws Exception {
        environment.put("JAVA_TOOL_OPTIONS", "-Xmx64m -XX:MaxDirectMemorySize=64m");
        environment.put("SERVER_HTTP_WRITE_TIMEOUT", "10m");
        try (GatewayProcess gateway = start("auth: none", "stream_idle_timeout: 1h")) {
            int port = gateway.awaitPort();
            try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), port)) {
                slow.setReceiveBufferSize(16 << 10);
                slow.getOutputStream()
                        .write(("GET /v1/books:watch?count=3200&bytes_each=65536 HTTP/1.1\r\nHost: a\r\n"
                                        + "Accept: application/x-ndjson\r\n\r\n")
                                .getBytes(UTF_8));
                long[] before = {-1};
                await().pollInterval(Duration.ofSeconds(1)).atMost(WITHIN).until(() -> {
                    long sent = catalog.bytesSent.get();
                    boolean stopped = sent > 0 && sent == before[0];
                    before[0] = sent;
                    return stopped;
                });
                assertThat(catalog.bytesSent.get()).isLessThan(48L << 20);
                assertThat(client(gateway).get("/v1/echo?text=alive").body()).isEqualTo("{\"text\":\"alive\"}");

                // And all of it for one that reads, in the same memory.
                HttpResponse<InputStream> read = stream(port, "/v1/books:watch?count=3200&bytes_each=65536");
                long bytes = 0;
                byte[] buffer = new byte[1 << 16];
                for (int n = read.body().read(buffer); n >= 0; n = read.body().read(buffer)) {
                    bytes += n;
                }
                assertThat(bytes).isGreaterThan(200L << 20);
            }
            assertThat(gateway.output()).doesNotContain("OutOfMemory");
        }
    }

    /** As many exchanges as the file system has time for, under load: no request fails, and a stream goes on. */
    @Test
    void losesNoRequestWhenDescriptorsAreExchanged() throws Exception {
        try (GatewayProcess gateway = start("auth: none")) {
            int port = gateway.awaitPort();
            HttpResponse<InputStream> stream = stream(port, "/v1/books:watch?count=1&hold=true");
            BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), UTF_8));
            assertThat(lines.readLine()).isEqualTo("{\"name\":\"watched\"}");
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger handled = new AtomicInteger();
            List<String> lost = Collections.synchronizedList(new ArrayList<>());
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(CompletableFuture.runAsync(
                        () -> {
                            Client client = client(gateway);
                            while (!over.get()) {
                                Answer answer = client.get("/v1/shelves/1/books/2");
                                handled.incrementAndGet();
                                if (answer.status() != 200) {
                                    lost.add(answer.status() + " " + answer.body());
                                }
                            }
                        },
                        task -> new Thread(task).start()));
            }

            byte[] set = Files.readAllBytes(SET);
            for (int i = 1; i <= 5; i++) {
                // Another set each time: one more empty file in it.
                byte[] more = FileDescriptorSet.parseFrom(set).toBuilder()
                        .addFile(FileDescriptorProto.newBuilder().setName("more" + i + ".proto"))
                        .build()
                        .toByteArray();
                Path draft = Files.write(folder.resolve("draft"), more);
                Files.move(draft, folder.resolve("services.binpb"), StandardCopyOption.REPLACE_EXISTING);
                int exchanged = i;
                await().atMost(WITHIN)
                        .until(() -> gateway.output().split("are served now", -1).length - 1 == exchanged);
            }
            over.set(true);
            clients.forEach(CompletableFuture::join);

            System.out.println(
                    "TranscodedCatalogTest: " + handled + " requests during 5 exchanges, lost " + lost.size());
            assertThat(lost).isEmpty();
            catalog.sendOnHeld(Book.newBuilder().setName("last").build());
            catalog.endHeld();
            assertThat(lines.readLine()).isEqualTo("{\"name\":\"last\"}");
        }
    }

    @Test
    void startsWithoutTheServerThatItWillAsk() throws Exception {
        int port = catalog.port();
        catalog.close();
        try (GatewayProcess gateway = start(port, "reflection: true", "auth: none")) {
            Client client = client(gateway);
            Operator operator = new Operator(gateway.awaitAdminPort());
            assertThat(client.get("/health").status()).isEqualTo(200);
            assertCode(client.get("/v1/headers"), 404, "ROUTE_NOT_FOUND");
            assertThat(operator.get("/health/ready").body()).contains("no descriptors yet");

            try (CatalogServer late = new CatalogServer(port, ProtoReflectionServiceV1.newInstance())) {
                await().atMost(WITHIN).until(() -> client.get("/v1/headers").status() == 200);
                assertThat(late.port()).isEqualTo(port);
            }
        }
    }

    private GatewayProcess start(String... more) throws IOException {
        return GatewayProcess.start(environment, "--config", configure(more).toString());
    }

    private GatewayProcess start(int port, String... more) throws IOException {
        Path file = folder.resolve("config.yaml");
        return GatewayProcess.start(
                environment,
                "--config",
                Files.writeString(file, yaml(port, more)).toString());
    }

    private Path configure(String... more) throws IOException {
        List<String> lines = new ArrayList<>(List.of("descriptors: services.binpb"));
        lines.addAll(List.of(more));
        if (lines.stream().noneMatch(line -> line.startsWith("expose:"))) {
            lines.add("expose: [catalog.v1.Catalog]");
        }
        return Files.writeString(folder.resolve("config.yaml"), yaml(catalog.port(), lines.toArray(String[]::new)));
    }

    private static String yaml(int port, String... lines) {
        return """
                transcoding:
                  services:
                    - name: catalog
                      host: 127.0.0.1
                      port: %d
                      %s
                """.formatted(port, String.join("\n      ", lines));
    }

    private static Client client(GatewayProcess gateway) {
        return new Client("http://127.0.0.1:" + gateway.awaitPort(), null);
    }

    private static HttpResponse<InputStream> stream(int port, String target) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
                                .header("Accept", LINES)
                                .build(),
                        BodyHandlers.ofInputStream());
    }

    private static Answer post(Client client, String path, String body) {
        return client.post(path, body);
    }

    private static void assertCode(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
    }
}
