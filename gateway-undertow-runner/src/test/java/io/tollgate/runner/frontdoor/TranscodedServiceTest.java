package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that is exposed from its descriptors, as an operator configures it. */
class TranscodedServiceTest {
    private static final Duration WITHIN = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Server echo;

    @BeforeEach
    void serve() throws IOException {
        echo = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(ServerServiceDefinition.builder("echo.v1.Echo")
                        .addMethod(method("Say", MethodType.UNARY), ServerCalls.asyncUnaryCall((request, to) -> {
                            to.onNext(request);
                            to.onCompleted();
                        }))
                        .addMethod(
                                method("Repeat", MethodType.SERVER_STREAMING),
                                ServerCalls.asyncServerStreamingCall((request, to) -> {
                                    to.onNext(request);
                                    to.onNext(request);
                                    to.onCompleted();
                                }))
                        .build())
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        echo.shutdownNow();
    }

    @Test
    void isServedBesideTheGatewaysOwnRoutes() throws Exception {
        descriptors("get: /v1/echo/{text}");
        try (GatewayProcess gateway = start("auth: none")) {
            Client client = new Client("http://127.0.0.1:" + gateway.awaitPort(), null);

            Answer said = client.get("/v1/echo/a%20b", "X-Request-Id", "id-1");
            assertThat(said.status()).as(said.body()).isEqualTo(200);
            assertThat(said.body()).isEqualTo("{\"text\":\"a b\"}");
            assertThat(said.header("X-Request-Id")).isEqualTo("id-1");
            assertThat(said.header("X-RateLimit-Limit")).isEqualTo("100");
            assertThat(client.get("/v1/repeat/x", "Accept", "application/x-ndjson")
                            .body())
                    .isEqualTo("{\"text\":\"x\"}\n{\"text\":\"x\"}\n");
            assertThat(client.get("/health").status()).isEqualTo(200);
            assertThat(client.get("/v1/nothing").status()).isEqualTo(404);

            Answer wrong = client.send("PUT", "/v1/echo/x", BodyPublishers.noBody());
            assertThat(wrong.status()).isEqualTo(405);
            assertThat(wrong.header("Allow")).isEqualTo("GET, HEAD, PATCH");
            Answer preflight = client.send(
                    "OPTIONS",
                    "/v1/echo/x",
                    BodyPublishers.noBody(),
                    "Origin",
                    "https://a.example",
                    "Access-Control-Request-Method",
                    "PATCH");
            assertThat(preflight.header("Access-Control-Allow-Methods")).contains("PATCH");
            String large = "{\"text\":\"" + "x".repeat(200_000) + "\"}";
            assertThat(client.send(
                                    "PATCH",
                                    "/v1/echo/x",
                                    BodyPublishers.ofString(large),
                                    "Content-Type",
                                    "application/json")
                            .status())
                    .as("larger than the gateway's own routes take")
                    .isEqualTo(200);
            assertThat(client.post("/api/v1/users/login", large).status()).isEqualTo(413);
        }
    }

    @Test
    void needsATokenUnlessItIsConfiguredOtherwise() throws Exception {
        descriptors("get: /v1/echo/{text}");
        try (GatewayProcess gateway = start("rules: [{method: echo.v1.Echo.Repeat, auth: none}]")) {
            Client client = new Client("http://127.0.0.1:" + gateway.awaitPort(), null);

            assertThat(client.get("/v1/echo/x").status()).isEqualTo(401);
            assertThat(client.get("/v1/repeat/x").status()).isEqualTo(200);
        }
    }

    @Test
    void followsItsDescriptors() throws Exception {
        descriptors("get: /v1/echo/{text}");
        try (GatewayProcess gateway = start("auth: none")) {
            Client client = new Client("http://127.0.0.1:" + gateway.awaitPort(), null);
            assertThat(client.get("/v1/echo/x").status()).isEqualTo(200);

            descriptors("get: /v2/echo/{text}");
            Awaitility.await()
                    .atMost(WITHIN)
                    .until(() -> client.get("/v2/echo/x").status() == 200);
            assertThat(client.get("/v1/echo/x").status()).isNotEqualTo(200);

            descriptors("get: /v3/{nothing}");
            Awaitility.await()
                    .atMost(WITHIN)
                    .until(() -> gateway.output().contains("cannot be served, the former ones stay"));
            assertThat(gateway.output()).contains("echo.proto: echo.v1.Echo.Say: template /v3/{nothing}");
            assertThat(client.get("/v2/echo/x").status()).isEqualTo(200);
        }
    }

    @Test
    void doesNotStartWithDescriptorsThatCannotBeServed() throws Exception {
        descriptors("get: /v1/{nothing}");
        try (GatewayProcess gateway = start("auth: none")) {
            assertThat(gateway.awaitExit()).isEqualTo(1);
            assertThat(gateway.output())
                    .contains("transcoding.services: ")
                    .contains("library.binpb: echo.proto: echo.v1.Echo.Say: template /v1/{nothing}");
        }
        descriptors("get: /health");
        try (GatewayProcess gateway = start("auth: none")) {
            assertThat(gateway.awaitExit()).isEqualTo(1);
            assertThat(gateway.output()).contains("GET /health has the requests of a route of the server itself");
        }
    }

    private GatewayProcess start(String more) throws IOException {
        Path file = Files.writeString(folder.resolve("config.yaml"), """
                transcoding:
                  services:
                    - name: echo
                      host: 127.0.0.1
                      port: %d
                      descriptors: library.binpb
                      %s
                """.formatted(echo.getPort(), more));
        return GatewayProcess.start(
                Map.of(
                        "JWT_SECRET_KEY", Deployment.SECRET,
                        "SERVER_HTTP_HOST", "127.0.0.1",
                        "SERVER_HTTP_PORT", "0",
                        "SERVER_ADMIN_PORT", "0"),
                "--config",
                file.toString());
    }

    /** Puts another set in its place, as a build does. */
    private void descriptors(String rule) throws IOException {
        String get = rule.substring("get: ".length());
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("echo.proto")
                .setPackage("echo.v1")
                .setSyntax("proto3")
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("Text")
                        .addField(FieldDescriptorProto.newBuilder()
                                .setName("text")
                                .setNumber(1)
                                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                                .setType(FieldDescriptorProto.Type.TYPE_STRING)))
                .addService(ServiceDescriptorProto.newBuilder()
                        .setName("Echo")
                        .addMethod(method(
                                "Say",
                                HttpRule.newBuilder()
                                        .setGet(get)
                                        .addAdditionalBindings(HttpRule.newBuilder()
                                                .setPatch("/v1/echo/x")
                                                .setBody("*"))
                                        .build()))
                        .addMethod(
                                method(
                                                "Repeat",
                                                HttpRule.newBuilder()
                                                        .setGet("/v1/repeat/{text}")
                                                        .build())
                                        .toBuilder()
                                        .setServerStreaming(true)))
                .build();
        Path draft = Files.write(
                folder.resolve("draft"),
                FileDescriptorSet.newBuilder().addFile(file).build().toByteArray());
        Files.move(draft, folder.resolve("library.binpb"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static MethodDescriptorProto method(String name, HttpRule rule) {
        return MethodDescriptorProto.newBuilder()
                .setName(name)
                .setInputType(".echo.v1.Text")
                .setOutputType(".echo.v1.Text")
                .setOptions(MethodOptions.newBuilder().setExtension(AnnotationsProto.http, rule))
                .build();
    }

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
        MethodDescriptor.Marshaller<byte[]> bytes = new MethodDescriptor.Marshaller<>() {
            @Override
            public InputStream stream(byte[] value) {
                return new ByteArrayInputStream(value);
            }

            @Override
            public byte[] parse(InputStream stream) {
                try {
                    return stream.readAllBytes();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setFullMethodName("echo.v1.Echo/" + name)
                .setType(type)
                .setRequestMarshaller(bytes)
                .setResponseMarshaller(bytes)
                .build();
    }
}
