package io.tollgate.grpc.transcoding;

import java.util.List;

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
}
