package io.tollgate.grpc.transcoding;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A template as OpenAPI writes paths, in which each parameter is one segment: {@code /v1/{name=shelves/*}/books} is {@code
 * /v1/shelves/{shelvesId}/books}, as in the discovery documents of Google.
 *
 * @param text the path
 * @param parameters the names in it, in their order
 */
record OpenApiPath(String text, List<String> parameters) {
    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]*)}");

    static OpenApiPath of(HttpTemplate template) {
        List<String> parameters = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        String before = "";
        for (int i = 0; i < template.segments().size(); i++) {
            String segment = template.segments().get(i);
            text.append('/');
            if (segment.equals(HttpTemplate.ONE) || segment.equals(HttpTemplate.MANY)) {
                String name = unique(name(template, i, before), parameters);
                parameters.add(name);
                text.append('{').append(name).append('}');
            } else {
                text.append(segment);
                before = segment;
            }
        }
        if (text.isEmpty()) {
            text.append('/');
        }
        if (!template.verb().isEmpty()) {
            text.append(':').append(template.verb());
        }
        return new OpenApiPath(text.toString(), Collections.unmodifiableList(parameters));
    }

    private static String name(HttpTemplate template, int index, String before) {
        for (HttpTemplate.Variable variable : template.variables()) {
            if (variable.from() == index && variable.to() == index + 1) {
                return variable.field();
            }
        }
        String stem = before.replaceAll("[^A-Za-z0-9_]", "");
        return stem.isEmpty() ? "id" : stem + (template.segments().get(index).equals(HttpTemplate.ONE) ? "Id" : "Path");
    }

    private static String unique(String name, List<String> taken) {
        String found = name;
        for (int i = 2; taken.contains(found); i++) {
            found = name + i;
        }
        return found;
    }

    /** Returns the path without the names of its parameters. */
    String shape() {
        return shape(text);
    }

    /** Returns a path of a document without the names of its parameters: paths of one shape are the same to OpenAPI. */
    static String shape(String path) {
        return PARAMETER.matcher(path).replaceAll("{}");
    }

    /** Returns the names of the parameters in a path of a document, in their order. */
    static List<String> parameters(String path) {
        return PARAMETER.matcher(path).results().map(found -> found.group(1)).toList();
    }
}
