package io.tollgate.runner.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tollgate.api.ErrorCode;
import io.tollgate.runner.config.KnownErrors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes responses of lists of error codes, by {@code errors.yaml}. Kinds and statuses are those of {@link ErrorCode}. */
final class ErrorResponses {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final ObjectNode source;

    ErrorResponses(ObjectNode source) {
        this.source = source;
    }

    /** Returns the responses for these codes and groups of codes, by status. */
    Map<String, ObjectNode> of(JsonNode names) {
        Map<Integer, List<ErrorCode>> byStatus = new TreeMap<>();
        codes(names)
                .forEach(code -> byStatus.computeIfAbsent(code.httpStatus(), status -> new ArrayList<>())
                        .add(code));
        Map<String, ObjectNode> responses = new TreeMap<>();
        byStatus.forEach((status, codes) -> responses.put(Integer.toString(status), response(status, codes)));
        return responses;
    }

    /** Returns the responses to requests that no operation is for. */
    ObjectNode elsewhere() {
        return JSON.objectNode().setAll(of(source.get("elsewhere")));
    }

    /** Returns an example for every code, by its name. */
    ObjectNode examples() {
        ObjectNode examples = JSON.objectNode();
        for (ErrorCode code : KnownErrors.ALL) {
            JsonNode text = source.get("codes").get(code.name());
            ObjectNode value = JSON.objectNode();
            value.put("error", code.type().name());
            value.put("code", code.name());
            value.set("message", text.get("message"));
            if (text.has("details")) {
                value.set("details", text.get("details"));
            }
            ObjectNode example = examples.putObject(code.name());
            example.put("summary", code.name() + ": " + inner(text.get("when").textValue()));
            example.set("value", value);
        }
        return examples;
    }

    private Set<ErrorCode> codes(JsonNode names) {
        Set<ErrorCode> codes = new TreeSet<>(Comparator.comparing(KnownErrors.ALL::indexOf));
        names.forEach(name -> {
            JsonNode group = source.get("groups").get(name.textValue());
            if (group == null) {
                codes.add(KnownErrors.named(name.textValue()));
            } else {
                group.forEach(code -> codes.add(KnownErrors.named(code.textValue())));
            }
        });
        return codes;
    }

    private ObjectNode response(int status, List<ErrorCode> codes) {
        ObjectNode response = JSON.objectNode();
        response.put("description", description(status, codes));
        ObjectNode content = response.putObject("content").putObject("application/json");
        ArrayNode both = content.putObject("schema").putArray("allOf");
        both.addObject().put("$ref", "#/components/schemas/Error");
        ObjectNode these = both.addObject().putObject("properties");
        ArrayNode kinds = these.putObject("error").putArray("enum");
        codes.stream().map(code -> code.type().name()).distinct().forEach(kinds::add);
        ArrayNode admitted = these.putObject("code").putArray("enum");
        ObjectNode examples = content.putObject("examples");
        for (ErrorCode code : codes) {
            admitted.add(code.name());
            examples.putObject(code.name()).put("$ref", "#/components/examples/" + code.name());
        }
        return response;
    }

    private String description(int status, List<ErrorCode> codes) {
        StringBuilder text = new StringBuilder(
                source.get("statuses").get(Integer.toString(status)).textValue());
        for (ErrorCode code : codes) {
            text.append("\n- `").append(code.name()).append("`: ");
            text.append(inner(source.get("codes").get(code.name()).get("when").textValue()));
        }
        return text.toString();
    }

    /** Returns the text in the form that it has after a colon. */
    private static String inner(String when) {
        return when.substring(0, 1).toLowerCase(Locale.ROOT) + when.substring(1);
    }
}
