package io.tollgate.grpc.transcoding;

import java.util.List;
import java.util.Locale;

/**
 * A route of a {@link Transcoder}, for a table that a person reads.
 *
 * @param verb the HTTP method, such as {@code GET}, which stands for {@code HEAD} too; {@code *} for every method that no other
 *     route of the template has
 * @param template the template of the path, as {@code google.api.http} has it
 * @param method the full name of the gRPC method, such as {@code library.v1.LibraryService.GetBook}
 * @param auth the token that a request needs
 * @param scopes the scopes that the token needs; unmodifiable
 * @param streaming whether the response is a stream of messages
 * @param source the file or the server from which the descriptors come
 */
public record TranscodedRoute(
        String verb, String template, String method, Auth auth, List<String> scopes, boolean streaming, String source) {
    public TranscodedRoute {
        scopes = List.copyOf(scopes);
    }

    /**
     * Returns the route as a line of a table, with two spaces between the columns: verb, template, method, auth, scopes, policies and
     * source.
     *
     * @param policies the names of what limits the route, which the server knows
     */
    public String line(List<String> policies) {
        return String.join(
                "  ",
                verb,
                template,
                method + (streaming ? " (stream)" : ""),
                auth.name().toLowerCase(Locale.ROOT),
                scopes.isEmpty() ? "-" : String.join(",", scopes),
                policies.isEmpty() ? "-" : String.join(",", policies),
                source);
    }
}
