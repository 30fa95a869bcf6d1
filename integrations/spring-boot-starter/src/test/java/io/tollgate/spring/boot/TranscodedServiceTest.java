package io.tollgate.spring.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.grpc.Upstream;
import io.tollgate.grpc.catalog.Book;
import io.tollgate.grpc.transcoding.Auth;
import io.tollgate.grpc.transcoding.CatalogServer;
import io.tollgate.grpc.transcoding.MethodRule;
import io.tollgate.grpc.transcoding.ServiceDescriptors;
import io.tollgate.grpc.transcoding.Transcoder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A gRPC service over HTTP in a Spring Boot application. */
class TranscodedServiceTest {
    private static final Path SET = Path.of(
            "..",
            "..",
            "gateway-grpc",
            "target",
            "generated-test-resources",
            "protobuf",
            "descriptor-sets",
            "services.binpb");
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static CatalogServer catalog;
    private static Application application;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {
        @Bean(destroyMethod = "close")
        Upstream catalog() {
            return Upstream.builder("catalog", "127.0.0.1", catalog.port()).build();
        }

        @Bean
        ServletRegistrationBean<EndpointServlet> transcoded(Upstream catalog, RequestGuard guard, ErrorRenderer errors)
                throws IOException {
            Transcoder transcoder = Transcoder.builder(catalog)
                    .descriptors(ServiceDescriptors.read(SET))
                    .expose("catalog.v1.Catalog")
                    .rule(MethodRule.builder("catalog.v1.Catalog.*")
                            .auth(Auth.OPTIONAL)
                            .build())
                    .rule(MethodRule.builder("catalog.v1.Catalog.Delete*")
                            .scopes("admin")
                            .build())
                    .build();
            return new ServletRegistrationBean<>(
                    new EndpointServlet(transcoder.endpoint(guard, errors), errors), "/v1/*");
        }
    }

    @BeforeAll
    static void start() {
        catalog = new CatalogServer();
        application = Application.start(
                WebApplicationType.SERVLET,
                Shop.class,
                "tollgate.jwt.secret=a secret of these tests, which is long enough",
                "tollgate.excluded-paths=/v1/**");
    }

    @AfterAll
    static void stop() {
        application.context().close();
        catalog.close();
    }

    @Test
    void respondsAsTheGatewayDoes() throws Exception {
        HttpResponse<String> book = CLIENT.send(request("GET", "/v1/shelves/1/books/a%20b"), BodyHandlers.ofString());
        assertThat(book.body()).isEqualTo("{\"name\":\"shelves/1/books/a b\"}");
        assertThat(book.headers().firstValue("X-Request-Id")).isPresent();
        assertThat(CLIENT.send(request("DELETE", "/v1/shelves/1/books/2"), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(401);
        assertThat(CLIENT.send(request("GET", "/v1/nothing"), BodyHandlers.ofString())
                        .body())
                .contains("ROUTE_NOT_FOUND");
    }

    @Test
    void streamsAsTheServiceSends() throws Exception {
        HttpResponse<InputStream> response =
                CLIENT.send(request("GET", "/v1/books:watch?count=1&hold=true"), BodyHandlers.ofInputStream());
        BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8));
        assertThat(lines.readLine()).isEqualTo("{\"name\":\"watched\"}");
        catalog.sendOnHeld(Book.newBuilder().setName("next").build());
        assertThat(lines.readLine()).isEqualTo("{\"name\":\"next\"}");
        catalog.endHeld();
        assertThat(lines.readLine()).isNull();
    }

    private static HttpRequest request(String method, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + application.port() + path))
                .header("Accept", "application/x-ndjson")
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
    }
}
