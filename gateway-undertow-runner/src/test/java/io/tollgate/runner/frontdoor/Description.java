package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.tollgate.grpc.transcoding.Transcoder;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.docs.ApiDescription;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The description of the API, to hold answers against: what is not in it may not be answered. Thread-safe. */
final class Description {
    private static final String WHERE = "https://description.test/openapi.json";
    private static final Map<List<Object>, Description> KNOWN = new ConcurrentHashMap<>();

    private final JsonNode api;
    private final SchemaRegistry registry;
    private final List<Operation> operations = new ArrayList<>();
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    /** What an operation is called here, and where it is. */
    private record Operation(String method, Pattern path, String id, String pointer, JsonNode responses) {}

    /** That of a gateway, with nothing seen yet. */
    Description(GatewayConfig config) {
        try {
            byte[] json = ApiDescription.of(config, Transcoder.of(List.of()));
            api = new JsonMapper().readTree(json);
            registry = registry(Map.of(WHERE, new String(json, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        api.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(part -> {
                    if (part.getValue().has("responses")) {
                        operations.add(new Operation(
                                part.getKey().toUpperCase(Locale.ROOT),
                                Pattern.compile(
                                        "\\Q" + path.getKey().replaceAll("\\{[^}]*}", "\\\\E[^/]*\\\\Q") + "\\E"),
                                part.getValue().get("operationId").textValue(),
                                "#/paths/" + escaped(path.getKey()) + "/" + part.getKey() + "/responses",
                                part.getValue().get("responses")));
                    }
                }));
    }

    /** That of a gateway, shared by all whose descriptions demand the same. */
    static Description of(GatewayConfig config) {
        return KNOWN.computeIfAbsent(
                List.of(
                        config.auth().issuer(),
                        config.rateLimit().defaultPolicy(),
                        config.rateLimit().standardHeaders()),
                key -> new Description(config));
    }

    /** That of a gateway without {@code /openapi.json}: what it answers there is what it answers elsewhere. */
    static Description withoutItself() {
        Description description = new Description(GatewayConfig.of(Map.of("jwt.secret_key", Deployment.SECRET)));
        description.operations.removeIf(operation -> operation.id().startsWith("description"));
        return description;
    }

    static SchemaRegistry registry(Map<String, String> documents) {
        return SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemas(documents)
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build()));
    }

    JsonNode json() {
        return api;
    }

    /** Fails where an answer is not as described. Preflights and the files of {@code /docs} are not described. */
    void check(String method, String target, Answer answer) {
        String path = path(target);
        if ((method.equals("OPTIONS") && answer.status() == 204) || path.startsWith("/docs")) {
            return;
        }
        Operation operation = operations.stream()
                .filter(o -> o.method().equals(method) && o.path().matcher(path).matches())
                .findFirst()
                .orElseGet(() -> new Operation(
                        method, Pattern.compile(""), "elsewhere", "#/x-elsewhere", api.get("x-elsewhere")));
        String what =
                operation.id() + " (" + method + " " + target + ") answered " + answer.status() + " " + answer.body();
        JsonNode response = operation.responses().get(Integer.toString(answer.status()));
        assertThat(response).as(what + ", which is not described").isNotNull();
        String pointer = operation.pointer() + "/" + answer.status();
        checkHeaders(what, answer, response.path("headers"));
        if (response.has("content") && !method.equals("HEAD")) {
            assertThat(answer.header("Content-Type")).as(what).isEqualTo("application/json");
            assertThat(schema(pointer + "/content/application~1json/schema").validate(answer.json()))
                    .as(what)
                    .isEmpty();
        } else {
            assertThat(answer.body()).as(what).isEmpty();
        }
        boolean error = answer.status() >= 400 && !method.equals("HEAD");
        seen.add(operation.id() + " " + answer.status() + (error ? " " + answer.code() : ""));
    }

    /** Every answer that is described and was not seen by {@link #check}. */
    Set<String> unseen() {
        Set<String> left = new TreeSet<>();
        operations.forEach(
                operation -> left.addAll(answers(operation.id(), operation.method(), operation.responses())));
        left.addAll(answers("elsewhere", "GET", api.get("x-elsewhere")));
        left.removeAll(seen);
        return left;
    }

    private Set<String> answers(String id, String method, JsonNode responses) {
        Set<String> answers = new TreeSet<>();
        responses.properties().forEach(response -> {
            JsonNode examples = response.getValue().at("/content/application~1json/examples");
            if (response.getKey().compareTo("400") < 0 || method.equals("HEAD")) {
                answers.add(id + " " + response.getKey());
            } else {
                examples.fieldNames().forEachRemaining(code -> answers.add(id + " " + response.getKey() + " " + code));
            }
        });
        return answers;
    }

    private void checkHeaders(String what, Answer answer, JsonNode headers) {
        headers.properties().forEach(entry -> {
            JsonNode header = entry.getValue().has("$ref")
                    ? api.at(entry.getValue().get("$ref").textValue().substring(1))
                    : entry.getValue();
            String value = answer.header(entry.getKey());
            if (value.isEmpty()) {
                assertThat(header.path("required").asBoolean())
                        .as(what + " without " + entry.getKey())
                        .isFalse();
                return;
            }
            boolean number = header.at("/schema/type").asText().equals("integer");
            JsonNode node = number ? LongNode.valueOf(Long.parseLong(value)) : TextNode.valueOf(value);
            Schema schema = schemas.computeIfAbsent(
                    header.get("schema").toString(), json -> registry.getSchema(header.get("schema")));
            assertThat(schema.validate(node))
                    .as(what + " with " + entry.getKey())
                    .isEmpty();
        });
    }

    private Schema schema(String pointer) {
        return schemas.computeIfAbsent(pointer, p -> registry.getSchema(SchemaLocation.of(WHERE + p)));
    }

    private static String path(String target) {
        String path = target.replaceFirst("\\?.*", "");
        return path.toUpperCase(Locale.ROOT).contains("%2F")
                ? path
                : URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String escaped(String key) {
        return key.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D");
    }
}
