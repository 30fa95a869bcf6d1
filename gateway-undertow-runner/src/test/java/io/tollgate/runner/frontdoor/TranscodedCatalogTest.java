package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.api.AnnotationsProto;
import com.google.api.CustomHttpPattern;
import com.google.api.HttpRule;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.ExtensionRegistry;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.tollgate.api.Principal;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.grpc.transcoding.CatalogServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The requests, the access and the descriptions of a transcoded service. */
class TranscodedCatalogTest extends TranscodedCatalog {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String JSON = "application/json";

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
            assertCode(client.get("/v1/headers", "grpc-timeout", "1n"), 504, "REQUEST_TIMEOUT");
            assertCode(client.get("/v1/headers", "X-Request-Timeout", "soon"), 400, "INVALID_REQUEST");
            String headers = client.get(
                            "/v1/headers",
                            "X-Request-Id",
                            "mine",
                            "Authorization",
                            "Bearer x",
                            "grpc-timeout",
                            "100H",
                            "X-Other",
                            "1")
                    .body();
            assertThat(headers)
                    .contains("\"x-request-id\":\"mine\"")
                    .doesNotContain("authorization", "100H", "x-other");
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
    void spreadsCallsOverTheBackendsOfAList() throws Exception {
        Path file = configure("auth: none");
        try (CatalogServer other = new CatalogServer()) {
            Files.writeString(
                    file,
                    Files.readString(file)
                            .replace("host: 127.0.0.1", "host: [127.0.0.1, \"127.0.0.1:" + other.port() + "\"]"));
            try (GatewayProcess gateway = GatewayProcess.start(environment, "--config", file.toString())) {
                Client client = client(gateway);
                await().atMost(WITHIN).until(() -> {
                    assertThat(client.get("/v1/headers").status()).isEqualTo(200);
                    return !catalog.requests.isEmpty() && !other.requests.isEmpty();
                });
            }
        }
    }

    @Test
    void rejectsTlsToAServiceThatIsIncomplete() throws Exception {
        Path file = configure("tls: {enabled: true, cert: client.crt, sni: a}");
        GatewayProcess check = GatewayProcess.start(environment, "--check-config", "--config", file.toString());
        assertThat(check.awaitExit()).isNotZero();
        assertThat(check.output())
                .contains("tls: cert without key (expected: both, or none)")
                .contains("sni");
    }

    @Test
    void rejectsHeadOnPathsThatTheGatewayRespondsToItself() throws Exception {
        ExtensionRegistry annotations = ExtensionRegistry.newInstance();
        annotations.add(AnnotationsProto.http);
        FileDescriptorSet.Builder set = FileDescriptorSet.parseFrom(Files.readAllBytes(SET), annotations).toBuilder();
        MethodOptions.Builder options = set.getFileBuilderList().stream()
                .filter(file -> file.getPackage().equals("catalog.v1"))
                .flatMap(file -> file.getServiceBuilder(0).getMethodBuilderList().stream())
                .filter(method -> method.getName().equals("Headers"))
                .findFirst()
                .orElseThrow()
                .getOptionsBuilder();
        HttpRule.Builder rule = options.getExtension(AnnotationsProto.http).toBuilder();
        for (String path : List.of("/health", "/docs", "/openapi.json", "/v1/health")) {
            rule.addAdditionalBindings(HttpRule.newBuilder()
                    .setCustom(CustomHttpPattern.newBuilder().setKind("HEAD").setPath(path)));
        }
        options.setExtension(AnnotationsProto.http, rule.build());
        Files.write(folder.resolve("services.binpb"), set.build().toByteArray());

        GatewayProcess check = GatewayProcess.start(
                environment, "--check-config", "--config", configure().toString());

        assertThat(check.awaitExit()).isNotZero();
        assertThat(check.output())
                .contains("HEAD /health has the requests of a route of the server itself")
                .contains("HEAD /docs has the requests")
                .contains("HEAD /openapi.json has the requests")
                .doesNotContain("HEAD /v1/health");
    }

    @Test
    void takesAFieldThatIsRepeatedOften() throws Exception {
        try (GatewayProcess gateway = start("auth: none")) {
            Answer answer = client(gateway).get("/v1/echo?tags=x" + "&tags=x".repeat(999));

            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body().split("\"x\"", -1)).hasSize(1_001);
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
}
