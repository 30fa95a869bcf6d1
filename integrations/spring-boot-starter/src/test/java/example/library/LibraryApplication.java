package example.library;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.grpc.Upstream;
import io.tollgate.grpc.transcoding.ServiceDescriptors;
import io.tollgate.grpc.transcoding.Transcoder;
import io.tollgate.spring.boot.EndpointServlet;
import java.io.IOException;
import java.nio.file.Path;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;

// The example of docs/transcoding.md; compiled, not run. In a package that no test scans.
@SpringBootApplication
class LibraryApplication {
    @Bean
    ServletRegistrationBean<EndpointServlet> library(RequestGuard guard, ErrorRenderer errors) throws IOException {
        Transcoder library = Transcoder.builder(
                        Upstream.builder("library", "localhost", 50053).build())
                .descriptors(ServiceDescriptors.read(Path.of("library.binpb")))
                .build();
        return new ServletRegistrationBean<>(new EndpointServlet(library.endpoint(guard, errors), errors), "/v1/*");
    }
}
