package io.tollgate.runner.docs;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tollgate.api.ratelimit.Bandwidth;
import io.tollgate.grpc.transcoding.Transcoder;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.GatewayConfig.TokenIssuer;
import io.tollgate.runner.routes.ApiRoute;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Makes the description of the API of one gateway from {@code openapi.yaml}, which people wrote. */
public final class ApiDescription {
    private static final ObjectMapper YAML = new YAMLMapper();
    private static final ObjectMapper JSON = new JsonMapper();

    /** On every response, with those of the limiter. */
    private static final String REQUEST_ID = "X-Request-Id";

    private static final List<String> LIMITS =
            List.of("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-RateLimit-RefillRate");
    /** The statuses of requests that may end before it is known what they are charged. */
    private static final Set<String> UNCHARGED = Set.of("400", "500", "504", "505");

    private static final List<String> STANDARD_LIMITS = List.of("RateLimit", "RateLimit-Policy");
    private static final String CHALLENGE = "WWW-Authenticate";
    private static final String RETRY_AFTER = "Retry-After";
    private static final List<String> TEMPLATES = Stream.of(
                    List.of(REQUEST_ID, CHALLENGE, RETRY_AFTER, "Allow"), LIMITS, STANDARD_LIMITS)
            .flatMap(List::stream)
            .toList();

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([a-z.]+)}");

    /** The extension that describes the responses to requests that no operation is for. */
    private static final String ELSEWHERE = "x-elsewhere";

    private final GatewayConfig config;
    private final ObjectNode components;
    private final ErrorResponses errors;

    private ApiDescription(GatewayConfig config) throws IOException {
        this.config = config;
        this.components = read("components.yaml");
        this.errors = new ErrorResponses(read("errors.yaml"));
    }

    /**
     * Returns the description of a gateway with this configuration, as JSON in UTF-8. Takes a moment.
     *
     * @param exposed the routes of services that are exposed from their descriptors
     */
    public static byte[] of(GatewayConfig config, Transcoder exposed) {
        try {
            ObjectNode own = new ApiDescription(config).build();
            if (exposed.isEmpty()) {
                return JSON.writeValueAsBytes(own);
            }
            Map<String, Object> all = JSON.convertValue(own, new TypeReference<>() {});
            exposed.openApi().addTo(all);
            return JSON.writeValueAsBytes(all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ObjectNode build() throws IOException {
        ObjectNode api = read("openapi.yaml");
        if (config.auth().issuer() != TokenIssuer.GATEWAY) {
            ((ObjectNode) api.get("paths")).remove(ApiRoute.LOGOUT.template());
        }
        api.get("paths")
                .forEach(path -> path.forEach(part -> {
                    if (part.has("responses")) {
                        complete((ObjectNode) part);
                    }
                }));
        ObjectNode elsewhere = errors.elsewhere();
        elsewhere.properties().forEach(response -> addHeaders(response.getKey(), (ObjectNode) response.getValue()));
        api.set(ELSEWHERE, elsewhere);
        components.set("examples", errors.examples());
        // Each response has its own of these.
        ((ObjectNode) components.get("headers")).remove(TEMPLATES);
        api.set("components", components);
        return api;
    }

    private void complete(ObjectNode operation) {
        ObjectNode responses = (ObjectNode) operation.get("responses");
        responses.setAll(errors.of(operation.remove("errors")));
        JsonNode everywhere = operation.remove("responseHeaders");
        responses.properties().forEach(entry -> {
            ObjectNode response = (ObjectNode) entry.getValue();
            addHeaders(entry.getKey(), response);
            // A request of another version of HTTP is rejected before its path is read.
            if (everywhere != null && !entry.getKey().equals("505")) {
                response.withObjectProperty("headers").setAll((ObjectNode) everywhere);
            }
        });
    }

    private void addHeaders(String status, ObjectNode response) {
        ObjectNode headers = response.withObjectProperty("headers");
        headers.set(REQUEST_ID, header(REQUEST_ID, true));
        // Malformed requests are charged to nobody, and a fault can come before the charge.
        boolean charged = config.rateLimit().defaultPolicy() && !UNCHARGED.contains(status);
        LIMITS.forEach(name -> headers.set(name, header(name, charged)));
        if (config.rateLimit().standardHeaders()) {
            STANDARD_LIMITS.forEach(name -> headers.set(name, header(name, charged)));
        }
        switch (status) {
            case "401" -> headers.set(CHALLENGE, header(CHALLENGE, true));
            case "405" -> headers.set("Allow", header("Allow", true));
            case "429" -> headers.set(RETRY_AFTER, header(RETRY_AFTER, true));
            case "503" -> headers.set(RETRY_AFTER, header(RETRY_AFTER, false));
            default -> {}
        }
    }

    private ObjectNode header(String name, boolean required) {
        ObjectNode header = components.get("headers").get(name).deepCopy();
        return required ? header.put("required", true) : header;
    }

    private ObjectNode read(String name) throws IOException {
        try (InputStream in = requireNonNull(ApiDescription.class.getResourceAsStream(name), name)) {
            return (ObjectNode) filled(YAML.readTree(in));
        }
    }

    /** Fills in the placeholders in texts, after parsing, so that no value can be more than text. */
    private JsonNode filled(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(property -> property.setValue(filled(property.getValue())));
        } else if (node.isTextual() && node.textValue().contains("${")) {
            // In one pass, so that what a value says is never filled in again.
            return TextNode.valueOf(PLACEHOLDER
                    .matcher(node.textValue())
                    .replaceAll(found -> Matcher.quoteReplacement(values().get(found.group(1)))));
        }
        return node;
    }

    private Map<String, String> values() {
        return Map.of(
                "app.name", config.app().name(),
                "app.version", config.app().version(),
                "max.body.size", Long.toString(config.server().http().maxBodySize()),
                "rate.limit", rateLimit());
    }

    private String rateLimit() {
        if (!config.rateLimit().defaultPolicy()) {
            return "429 `RATE_LIMIT_EXCEEDED`.";
        }
        Bandwidth bucket = config.redis().tokenBucket();
        return String.format(
                Locale.ROOT,
                "you can save up %d requests and earn %.2f more a second; then comes 429 `RATE_LIMIT_EXCEEDED`,"
                        + " whose `details` and headers say when to try again.",
                bucket.capacity(),
                bucket.tokensPerSecond());
    }
}
