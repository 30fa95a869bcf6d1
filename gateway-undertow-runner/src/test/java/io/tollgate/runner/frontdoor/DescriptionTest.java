package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import io.tollgate.api.ErrorCode;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.routes.ApiRoute;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The description by itself. That the gateway does as it says, {@link ConformanceTest} shows. */
class DescriptionTest {
    private static final String META = "https://spec.openapis.org/oas/3.1/schema/2026-08-03";
    private static final GatewayConfig CONFIG = GatewayConfig.of(Map.of(
            "jwt.secret_key", Deployment.SECRET,
            "auth.issuer", "gateway",
            "app.name", "the-${app.version}-name",
            "app.version", "7.8.9"));
    private static final JsonNode API = new Description(CONFIG).json();

    @Test
    void isValidOpenApi() throws IOException {
        SchemaRegistry registry = Description.registry(Map.of(META, resource("openapi-3.1-schema.json")));

        assertThat(registry.getSchema(SchemaLocation.of(META)).validate(API)).isEmpty();
    }

    @Test
    void refersToNothingThatIsNotThere() {
        List<String> dangling = API.findValuesAsText("$ref").stream()
                .filter(ref -> !ref.startsWith("#/") || API.at(ref.substring(1)).isMissingNode())
                .toList();

        assertThat(dangling).isEmpty();
    }

    @Test
    void namesEveryOperationOnceWithASummaryAndATagThatExists() {
        Set<String> tags = new TreeSet<>(API.get("tags").findValuesAsText("name"));
        List<String> ids = new ArrayList<>();
        API.get("paths")
                .forEach(path -> path.forEach(operation -> {
                    if (operation.has("responses")) {
                        ids.add(operation.get("operationId").textValue());
                        assertThat(operation.get("summary").textValue()).isNotBlank();
                        operation.get("tags").forEach(tag -> assertThat(tags).contains(tag.textValue()));
                    }
                }));

        assertThat(ids).doesNotHaveDuplicates().hasSizeGreaterThan(10);
    }

    @Test
    void hasExamplesThatFitTheirSchemas() throws IOException {
        SchemaRegistry registry = Description.registry(Map.of("https://x.test/api", API.toString()));
        for (Map.Entry<String, JsonNode> example :
                API.at("/components/examples").properties()) {
            assertThat(registry.getSchema(SchemaLocation.of("https://x.test/api#/components/schemas/Error"))
                            .validate(example.getValue().get("value")))
                    .as(example.getKey())
                    .isEmpty();
        }
        for (Map.Entry<String, JsonNode> path : API.get("paths").properties()) {
            JsonNode body = path.getValue().at("/post/requestBody/content/application~1json");
            if (!body.isMissingNode()) {
                String pointer = "https://x.test/api#/paths/"
                        + path.getKey().replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
                        + "/post/requestBody/content/application~1json/schema";
                assertThat(registry.getSchema(SchemaLocation.of(pointer)).validate(body.get("example")))
                        .as(path.getKey())
                        .isEmpty();
            }
        }
    }

    @Test
    void hasAnExampleForEveryCodeOfTheContract() {
        Set<String> examples = API.at("/components/examples").properties().stream()
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());

        assertThat(examples)
                .containsExactlyInAnyOrderElementsOf(io.tollgate.runner.config.KnownErrors.ALL.stream()
                        .map(ErrorCode::name)
                        .toList());
    }

    @Test
    void admitsEveryCodeOfTheContractSomewhere() {
        Set<String> admitted = new TreeSet<>();
        API.findValues("code").forEach(code -> code.path("enum").forEach(name -> admitted.add(name.textValue())));

        assertThat(admitted)
                .containsAll(io.tollgate.runner.config.KnownErrors.ALL.stream()
                        .map(ErrorCode::name)
                        .toList());
        assertThat(API.at("/paths/~1health/get/responses").has("505")).isTrue();
    }

    @Test
    void describesTheRoutesThatThereAre() {
        Set<String> paths = names(API.get("paths"));
        Set<String> routes = new TreeSet<>(ApiRoute.templates());
        routes.add("/openapi.json");

        assertThat(paths).isEqualTo(routes);
    }

    @Test
    void callsDeprecatedWhatTheTableOfVersionsDoes() {
        Set<String> described = new TreeSet<>();
        API.get("paths")
                .properties()
                .forEach(path -> path.getValue().forEach(operation -> {
                    if (operation.path("deprecated").asBoolean()) {
                        described.add(path.getKey());
                    }
                }));

        assertThat(described).containsExactlyInAnyOrderElementsOf(ApiRoute.deprecatedTemplates());
    }

    @Test
    void saysWhoItIsAndTakesTextForText() {
        assertThat(API.at("/info/version").textValue()).isEqualTo("7.8.9");
        assertThat(API.at("/info/description").textValue()).contains("**the-${app.version}-name**");
        assertThat(API.toString().replace("the-${app.version}-name", "")).doesNotContain("${");
    }

    @Test
    void leavesOutWhatThisGatewayDoesNotDo() {
        JsonNode plain = new Description(GatewayConfig.of(Map.of("jwt.secret_key", Deployment.SECRET))).json();

        assertThat(names(plain.get("paths"))).doesNotContain("/api/v1/users/logout");
        assertThat(plain.at("/paths/~1health/get/responses/200/headers").has("RateLimit"))
                .isFalse();
        JsonNode standard = new Description(GatewayConfig.of(
                        Map.of("jwt.secret_key", Deployment.SECRET, "rate_limit.standard_headers", "true")))
                .json();
        assertThat(standard.at("/paths/~1health/get/responses/200/headers").has("RateLimit"))
                .isTrue();
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = DescriptionTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
