package io.tollgate.grpc.transcoding;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The routes of a {@link Transcoder} as parts of an OpenAPI 3.1 document, of maps, lists, strings, numbers and booleans, which any JSON
 * library writes. Operations refer to {@code #/components/schemas}, for errors to {@code #/components/schemas/Error}, and for tokens to
 * the security scheme {@code accessToken}. Unmodifiable.
 *
 * @param paths path items by their paths, such as {@code /v1/shelves/{shelvesId}}: a variable of several segments is a parameter for
 *     each segment that varies
 * @param schemas the messages and enums of these paths, by their full names
 * @param tags the services, each with a name and a description
 * @param omitted the number of routes that are not described: those beyond 2,000, and those of HTTP methods that OpenAPI does not know
 */
public record OpenApiParts(
        Map<String, Map<String, Object>> paths,
        Map<String, Map<String, Object>> schemas,
        List<Map<String, Object>> tags,
        int omitted) {
    public OpenApiParts {
        paths = Collections.unmodifiableMap(paths);
        schemas = Collections.unmodifiableMap(schemas);
        tags = List.copyOf(tags);
    }

    /**
     * Adds these parts to the document of a server that has other routes, whose operations and schemas stay as they are.
     * Operations on a path that the document has with other names for its parameters take those names.
     *
     * @param document an OpenAPI document of modifiable maps and lists, as JSON libraries read them
     */
    public void addTo(Map<String, Object> document) {
        list(document, "tags").addAll(tags);
        Map<String, Object> all = section(document, "paths");
        Map<String, String> byShape = new HashMap<>();
        all.keySet().forEach(path -> byShape.put(OpenApiPath.shape(path), path));
        paths.forEach((path, item) -> {
            String theirs = byShape.computeIfAbsent(OpenApiPath.shape(path), shape -> path);
            Map<String, Object> own = section(all, theirs);
            item.forEach((verb, operation) ->
                    own.putIfAbsent(verb, theirs.equals(path) ? operation : renamed(operation, path, theirs)));
        });
        Map<String, Object> known = section(section(document, "components"), "schemas");
        schemas.forEach(known::putIfAbsent);
        if (omitted > 0) {
            document.put("x-omitted-routes", omitted);
        }
    }

    /** Returns a copy of an operation of {@code path}, with the names that the parameters have in {@code other}. */
    private static Object renamed(Object operation, String path, String other) {
        List<String> from = OpenApiPath.parameters(path);
        List<String> to = OpenApiPath.parameters(other);
        Map<Object, Object> copy = new LinkedHashMap<>((Map<?, ?>) operation);
        List<Object> parameters = new ArrayList<>();
        for (Object parameter : (List<?>) copy.getOrDefault("parameters", List.of())) {
            Map<Object, Object> renamed = new LinkedHashMap<>((Map<?, ?>) parameter);
            if ("path".equals(renamed.get("in"))) {
                renamed.computeIfPresent("name", (key, name) -> to.get(from.indexOf(name)));
            }
            parameters.add(renamed);
        }
        copy.put("parameters", parameters);
        return copy;
    }

    @SuppressWarnings("unchecked") // A document has texts for keys.
    private static Map<String, Object> section(Map<String, Object> parent, String name) {
        return (Map<String, Object>) parent.computeIfAbsent(name, key -> new LinkedHashMap<String, Object>());
    }

    @SuppressWarnings("unchecked") // A list of a document can have anything.
    private static List<Object> list(Map<String, Object> parent, String name) {
        return (List<Object>) parent.computeIfAbsent(name, key -> new ArrayList<Object>());
    }

    /** Returns a whole document of these parts, for a server that has no other routes. */
    public Map<String, Object> document(String title, String version) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.1");
        document.put("info", Map.of("title", title, "version", version));
        document.put("servers", List.of(Map.of("url", ".")));
        Map<String, Object> components = section(document, "components");
        section(components, "schemas").put("Error", OpenApiSchemas.error());
        section(components, "securitySchemes")
                .put("accessToken", Map.of("type", "http", "scheme", "bearer", "bearerFormat", "JWT"));
        addTo(document);
        return document;
    }
}
