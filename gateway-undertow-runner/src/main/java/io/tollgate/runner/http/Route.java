package io.tollgate.runner.http;

import io.tollgate.api.token.AccessRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of the route table. A template has at most one parameter, a whole segment in braces.
 *
 * @param methods that it answers, upper-case
 * @param rule what it demands of tokens
 * @param local whether this process answers alone, without asking a service
 */
record Route(List<String> methods, String template, Endpoint endpoint, AccessRule rule, boolean local) {
    static Route post(String template, Endpoint endpoint) {
        return new Route(List.of("POST"), template, endpoint, AccessRule.open(), false);
    }

    static Route get(String template, Endpoint endpoint) {
        return new Route(List.of("GET", "HEAD"), template, endpoint, AccessRule.open(), true);
    }

    /** The same for those who have an access token that fulfils {@code required}. */
    Route withToken(AccessRule required) {
        return new Route(methods, template, endpoint, required, local);
    }

    /** The template with its parameter filled in. */
    static String expand(String template, String parameter) {
        int open = template.indexOf('{');
        return open < 0
                ? template
                : template.substring(0, open) + parameter + template.substring(template.indexOf('}') + 1);
    }

    /** The parameter's value in {@code path}, empty for a template without one, or null where the path is another. */
    @Nullable
    String parameterIn(String path) {
        int open = template.indexOf('{');
        if (open < 0) {
            return template.equals(path) ? "" : null;
        }
        int suffix = template.length() - template.indexOf('}') - 1;
        int end = path.length() - suffix;
        if (end < open
                || !path.regionMatches(0, template, 0, open)
                || !path.regionMatches(end, template, template.length() - suffix, suffix)
                || path.lastIndexOf('/', end - 1) >= open) {
            return null;
        }
        return path.substring(open, end);
    }
}
