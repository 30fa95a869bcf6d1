package io.tollgate.grpc.transcoding;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.tollgate.grpc.transcoding.OpenApiSchemas.Source;
import io.tollgate.grpc.transcoding.json.FieldPath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Describes bindings as operations of OpenAPI. For one document; not thread-safe. */
final class OpenApi {
    /** A browser shows no more, and each takes memory. */
    private static final int MAX_OPERATIONS = 2_000;

    private static final int MAX_PARAMETERS = 100;
    private static final int MAX_LEVELS = 4;
    private static final Set<String> VERBS =
            Set.of("GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE");
    private static final Map<String, Object> BYTES = Map.of();

    private final OpenApiSchemas schemas = new OpenApiSchemas();
    private final Map<String, Map<String, Object>> paths = new LinkedHashMap<>();
    private final Map<String, OpenApiPath> byShape = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> tags = new LinkedHashMap<>();
    private final Set<String> operationIds = new HashSet<>();
    private int operations;
    private int omitted;

    static OpenApiParts of(List<Binding> bindings) {
        OpenApi api = new OpenApi();
        bindings.forEach(binding -> api.add(binding.spec()));
        return new OpenApiParts(api.paths, api.schemas.finish(), List.copyOf(api.tags.values()), api.omitted);
    }

    private void add(Binding.Spec spec) {
        if (operations >= MAX_OPERATIONS || !VERBS.contains(spec.verb())) {
            omitted++;
            return;
        }
        OpenApiPath path = OpenApiPath.of(spec.template());
        // Paths that differ only in the names of their parameters are the same to OpenAPI.
        OpenApiPath known = byShape.putIfAbsent(path.shape(), path);
        Map<String, Object> item =
                paths.computeIfAbsent((known == null ? path : known).text(), text -> new LinkedHashMap<>());
        if (item.putIfAbsent(spec.verb().toLowerCase(Locale.ROOT), operation(spec, known == null ? path : known))
                != null) {
            omitted++;
        } else {
            operations++;
        }
    }

    private Map<String, Object> operation(Binding.Spec spec, OpenApiPath path) {
        Source source = new Source(spec.set(), spec.service().json().preserveProtoNames());
        MethodDescriptor method = spec.method();
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("operationId", operationId(method));
        operation.put("tags", List.of(tag(source, method.getService())));
        String comment = schemas.comment(source, method);
        if (!comment.isEmpty()) {
            int end = comment.indexOf("\n\n");
            String first = (end < 0 ? comment : comment.substring(0, end)).replaceAll("\\s+", " ");
            int sentence = first.indexOf(". ");
            operation.put("summary", sentence < 0 ? first : first.substring(0, sentence + 1));
            operation.put("description", comment);
        }
        if (method.getOptions().getDeprecated()) {
            operation.put("deprecated", true);
        }
        operation.put("security", security(spec.settings()));
        List<Map<String, Object>> parameters = parameters(source, spec, path);
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        if (!spec.body().isEmpty()) {
            operation.put("requestBody", Map.of("content", body(source, spec)));
        }
        operation.put("responses", Map.of("200", response(source, spec), "default", error()));
        return operation;
    }

    private String operationId(MethodDescriptor method) {
        String name = method.getService().getName() + "_" + method.getName();
        String id = name;
        for (int i = 2; !operationIds.add(id); i++) {
            id = name + "_" + i;
        }
        return id;
    }

    private String tag(Source source, ServiceDescriptor service) {
        tags.computeIfAbsent(service.getFullName(), name -> {
            String comment = schemas.comment(source, service);
            return comment.isEmpty() ? Map.of("name", name) : Map.of("name", name, "description", comment);
        });
        return service.getFullName();
    }

    private static List<Map<String, Object>> security(MethodSettings settings) {
        Map<String, Object> token = Map.of("accessToken", settings.scopes());
        return switch (settings.auth()) {
            case REQUIRED -> List.of(token);
            case OPTIONAL -> List.of(Map.of(), token);
            case NONE -> List.of();
        };
    }

    private List<Map<String, Object>> parameters(Source source, Binding.Spec spec, OpenApiPath path) {
        List<Map<String, Object>> parameters = new ArrayList<>();
        for (String name : path.parameters()) {
            Map<String, Object> parameter = parameter(name, "path", Map.of("type", "string"), "");
            parameter.put("required", true);
            for (int i = 0; i < spec.variables().size(); i++) {
                if (spec.template().variables().get(i).field().equals(name)) {
                    parameter.put(
                            "schema",
                            schemas.field(source, spec.variables().get(i).field()));
                }
            }
            parameters.add(parameter);
        }
        if (!spec.body().equals(Binding.ALL)) {
            Set<String> fixed = fixed(spec);
            FieldPath body = spec.bodyField();
            if (body != null) {
                fixed.add(body.field().getName());
            }
            query(source, spec.method().getInputType(), "", "", fixed, new ArrayList<>(), parameters);
        }
        return parameters;
    }

    /** Adds the parameters of a query for the fields of a message, and of the messages in it. */
    private void query(
            Source source,
            Descriptor type,
            String protoPrefix,
            String prefix,
            Set<String> fixed,
            List<Descriptor> within,
            List<Map<String, Object>> parameters) {
        within.add(type);
        for (FieldDescriptor field : type.getFields()) {
            String path = protoPrefix + field.getName();
            String name = prefix + OpenApiSchemas.name(source, field);
            if (parameters.size() >= MAX_PARAMETERS || fixed.contains(path) || field.isMapField()) {
                continue;
            }
            if (FieldPath.of(type, field.getName()).readsText()) {
                Map<String, Object> schema = schemas.field(source, field);
                Map<String, Object> parameter = parameter(name, "query", schema, (String) schema.remove("description"));
                if (OpenApiSchemas.isRequired(field)) {
                    parameter.put("required", true);
                }
                parameters.add(parameter);
            } else if (!field.isRepeated()
                    && OpenApiSchemas.wellKnown(field.getMessageType()) == null
                    && within.size() < MAX_LEVELS
                    && !within.contains(field.getMessageType())) {
                query(source, field.getMessageType(), path + ".", name + ".", fixed, within, parameters);
            }
        }
        within.remove(within.size() - 1);
    }

    /** Returns the fields, by their dotted names, that the path or the gateway sets. */
    private static Set<String> fixed(Binding.Spec spec) {
        return Stream.concat(spec.variables().stream(), spec.identity().keySet().stream())
                .map(path ->
                        path.fields().stream().map(FieldDescriptor::getName).collect(Collectors.joining(".")))
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static Map<String, Object> parameter(
            String name, String in, Map<String, Object> schema, @Nullable String description) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", in);
        if (description != null && !description.isEmpty()) {
            parameter.put("description", description);
        }
        parameter.put("schema", schema);
        return parameter;
    }

    private Map<String, Object> body(Source source, Binding.Spec spec) {
        FieldPath field = spec.bodyField();
        Descriptor input = spec.method().getInputType();
        if (field == null ? HttpBodies.isHttpBody(input) : HttpBodies.isHttpBody(field.field())) {
            return Map.of("*/*", Map.of("schema", BYTES));
        }
        if (field != null) {
            return json(schemas.field(source, field.field()));
        }
        Set<String> fixed = fixed(spec);
        return json(
                fixed.isEmpty()
                        ? schemas.message(source, input)
                        : schemas.object(source, input, each -> !fixed.contains(each.getName())));
    }

    private Map<String, Object> response(Source source, Binding.Spec spec) {
        Map<String, Object> response = new LinkedHashMap<>();
        FieldDescriptor field = spec.responseBody();
        Descriptor output = spec.method().getOutputType();
        boolean streams = spec.method().isServerStreaming();
        response.put("description", streams ? "The messages, as they come." : "The response.");
        if (field == null ? HttpBodies.isHttpBody(output) : HttpBodies.isHttpBody(field)) {
            response.put("content", Map.of("*/*", Map.of("schema", BYTES)));
            return response;
        }
        Map<String, Object> message = field == null ? schemas.message(source, output) : schemas.field(source, field);
        if (!streams) {
            response.put("content", json(message));
            return response;
        }
        Map<String, Object> content = new LinkedHashMap<>(json(Map.of("type", "array", "items", message)));
        content.put(StreamForm.LINES.contentType, Map.of("schema", message));
        content.put(StreamForm.EVENTS.contentType, Map.of("schema", message));
        response.put("content", content);
        return response;
    }

    private static Map<String, Object> error() {
        return Map.of("description", "An error.", "content", json(OpenApiSchemas.reference("Error")));
    }

    private static Map<String, Object> json(Map<String, Object> schema) {
        return Map.of("application/json", Map.of("schema", schema));
    }
}
