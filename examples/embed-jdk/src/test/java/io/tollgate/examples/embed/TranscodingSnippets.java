package io.tollgate.examples.embed;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.RouteEndpoint;
import io.tollgate.grpc.Upstream;
import io.tollgate.grpc.transcoding.Auth;
import io.tollgate.grpc.transcoding.MethodRule;
import io.tollgate.grpc.transcoding.ServiceDescriptors;
import io.tollgate.grpc.transcoding.Transcoder;
import io.tollgate.grpc.transcoding.TranscoderGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The examples of transcoding in Javadoc and docs; compiled, not run. */
abstract class TranscodingSnippets {
    HttpEndpoint page(Upstream upstream, RequestGuard guard) throws IOException {
        Transcoder library = Transcoder.builder(upstream)
                .descriptors(ServiceDescriptors.read(Path.of("library.binpb")))
                .identity("user_id", "principal.user_id")
                .build();
        HttpEndpoint endpoint = library.endpoint(guard, ErrorRenderer.envelope());
        return endpoint;
    }

    HttpEndpoint javadoc(RequestGuard guard) throws IOException {
        Upstream upstream = Upstream.builder("library", "localhost", 50053).build();
        Transcoder library = Transcoder.builder(upstream)
                .descriptors(ServiceDescriptors.read(Path.of("library.binpb")))
                .identity("user_id", "principal.user_id")
                .rule(MethodRule.builder("library.v1.LibraryService.List*")
                        .auth(Auth.NONE)
                        .build())
                .build();
        HttpEndpoint endpoint = library.endpoint(guard, ErrorRenderer.envelope());
        return endpoint;
    }

    ServiceDescriptors descriptors() throws IOException {
        ServiceDescriptors library = ServiceDescriptors.read(Path.of("library.binpb"));
        return library;
    }

    MethodRule rule() {
        MethodRule deletes = MethodRule.builder("library.v1.LibraryService.Delete*")
                .scopes("library.admin")
                .deadline(Duration.ofSeconds(2))
                .idempotent(true)
                .build();
        return deletes;
    }

    RouteEndpoint group(Upstream library, Upstream catalog) {
        TranscoderGroup services = TranscoderGroup.builder()
                .file("library", Path.of("library.binpb"), () -> Transcoder.builder(library))
                .reflection("catalog", catalog, () -> Transcoder.builder(catalog))
                .build();
        RouteEndpoint endpoint = request -> services.current().handle(request);
        return endpoint;
    }

    Transcoder overview(Upstream upstream) throws IOException {
        Transcoder library = Transcoder.builder(upstream)
                .descriptors(ServiceDescriptors.read(Path.of("library.binpb")))
                .build();
        return library;
    }
}
