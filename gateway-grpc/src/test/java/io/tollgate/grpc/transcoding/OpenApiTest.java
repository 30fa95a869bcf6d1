package io.tollgate.grpc.transcoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The description of routes. */
class OpenApiTest {
    private static final OpenApiParts CATALOG = catalog();

    private static OpenApiParts catalog() {
        try {
            return Transcoder.builder()
                    .descriptors(ServiceDescriptors.read(Path.of(
                            "target", "generated-test-resources", "protobuf", "descriptor-sets", "services.binpb")))
                    .expose("catalog.v1.Catalog")
                    .identity("owner.user_id", "principal.user_id")
                    .build()
                    .openApi();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/{name=shelves/*/books/*}, /v1/shelves/{shelvesId}/books/{booksId}",
        "/v1/{name}, /v1/{name}",
        "/v1/{a.b}/{c=*}/*, /v1/{a.b}/{c}/{v1Id}",
        "/v1/{name=files/**}:open, /v1/files/{filesPath}:open",
        "/*/*, /{id}/{id2}",
        "/, /",
    })
    void writesTemplatesAsPaths(String template, String path) {
        assertThat(OpenApiPath.of(HttpTemplate.parse(template)).text()).isEqualTo(path);
    }

    @Test
    void describesWhatARequestCanHave() {
        Map<?, ?> list = operation("/v1/shelves/{shelvesId}/books", "get");
        assertThat(names(list))
                .contains("shelvesId", "pageSize", "filter.author.name", "years", "order")
                .doesNotContain("parent", "filter.authors", "filter.author.mentor.name");
        Map<?, ?> move = operation("/v1/shelves/{shelvesId}/books/{booksId}:move", "post");
        assertThat(names(move)).containsExactly("shelvesId", "booksId");
        assertThat(move.get("requestBody").toString())
                .contains("otherShelf")
                .doesNotContain("name={", "#/components/schemas/catalog.v1.MoveBookRequest");
        assertThat(operation("/v1/files/{filesPath}", "post").get("requestBody").toString())
                .contains("*/*");
        assertThat(operation("/v1/echo/tags", "put").get("requestBody").toString())
                .contains("type=array");
    }

    @Test
    void describesMessagesAsJsonHasThem() {
        Map<?, ?> echo =
                (Map<?, ?>) CATALOG.schemas().get("catalog.v1.EchoRequest").get("properties");
        assertThat(echo.get("big").toString()).contains("string", "int64");
        assertThat(echo.get("wrapped").toString()).contains("string", "int64");
        assertThat(echo.get("data").toString()).contains("base64");
        assertThat(echo.get("labels").toString()).contains("additionalProperties");
        assertThat(echo.get("child").toString()).contains("#/components/schemas/catalog.v1.EchoRequest");
        assertThat(CATALOG.schemas().get("catalog.v1.Color").get("enum")).isEqualTo(List.of("BLACK", "RED"));
    }

    @Test
    void omitsWhatOpenApiHasNoPlaceFor() {
        assertThat(CATALOG.omitted()).as("LIST and any other").isEqualTo(2);
        TestSet set = new TestSet();
        for (int i = 0; i < 2_010; i++) {
            set.method("M" + i, "get: \"/v1/m" + i + "\"");
        }
        OpenApiParts many =
                Transcoder.builder().descriptors(set.descriptors()).build().openApi();
        assertThat(many.paths()).hasSize(2_000);
        assertThat(many.omitted()).isEqualTo(10);
    }

    @Test
    void leavesTheOperationsOfTheServerAlone() {
        Map<String, Object> own = new LinkedHashMap<>(Map.of("post", "mine", "get", "mine"));
        Map<String, Object> paths = new LinkedHashMap<>(Map.of("/v1/echo", own));
        Map<String, Object> document = new LinkedHashMap<>(Map.of("paths", paths, "tags", new ArrayList<>()));

        CATALOG.addTo(document);

        assertThat(own).containsEntry("post", "mine").containsEntry("get", "mine");
        assertThat(paths).containsKey("/v1/headers");
        assertThat(document).containsKey("x-omitted-routes");
        assertThat(CATALOG.document("Catalog", "1").toString()).contains("#/components/schemas/Error", "accessToken");
    }

    @Test
    void takesTheNamesThatThePathOfTheServerHas() {
        Map<String, Object> own = new LinkedHashMap<>(Map.of("put", "mine"));
        Map<String, Object> paths =
                new LinkedHashMap<>(Map.of("/v1/shelves/{booksId}/books/{id}", own, "/v1/shelves/{x}", "other"));
        Map<String, Object> document = new LinkedHashMap<>(Map.of("paths", paths));

        CATALOG.addTo(document);

        assertThat(paths).doesNotContainKey("/v1/shelves/{shelvesId}/books/{booksId}");
        assertThat(own).containsEntry("put", "mine").containsKeys("get", "delete", "patch");
        assertThat(names((Map<?, ?>) own.get("get")))
                .startsWith("booksId", "id")
                .doesNotContain("shelvesId");
        assertThat(names(operation("/v1/shelves/{shelvesId}/books/{booksId}", "get")))
                .startsWith("shelvesId", "booksId");
    }

    private static Map<?, ?> operation(String path, String verb) {
        return (Map<?, ?>) CATALOG.paths().get(path).get(verb);
    }

    private static List<String> names(Map<?, ?> operation) {
        return ((List<?>) operation.get("parameters"))
                .stream()
                        .map(parameter -> (String) ((Map<?, ?>) parameter).get("name"))
                        .toList();
    }
}
