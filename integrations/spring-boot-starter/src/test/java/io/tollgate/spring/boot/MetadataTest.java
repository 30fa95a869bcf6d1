package io.tollgate.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The metadata from which editors complete properties. */
class MetadataTest {
    private static JsonNode metadata() throws Exception {
        try (InputStream json =
                MetadataTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            // The first is that of the starter: its classes come first.
            return new ObjectMapper().readTree(json);
        }
    }

    @Test
    void describesEveryPropertyInASentence() throws Exception {
        List<String> names = new ArrayList<>();
        for (JsonNode property : metadata().get("properties")) {
            names.add(property.get("name").asText());
            assertThat(property.path("description").asText())
                    .as(property.get("name").asText())
                    .endsWith(".");
        }
        assertThat(names)
                .contains(
                        "tollgate.enabled",
                        "tollgate.rate-limit.policies",
                        "tollgate.redis.url",
                        "tollgate.jwt.secret",
                        "tollgate.jwt.jwks-uri",
                        "tollgate.trusted-proxies",
                        "tollgate.routes",
                        "tollgate.errors.format",
                        "tollgate.operations.path")
                .allMatch(name -> name.startsWith("tollgate."));
    }

    @Test
    void hintsAtValuesOfPropertiesThatExist() throws Exception {
        JsonNode metadata = metadata();
        List<String> names = new ArrayList<>(List.of("tollgate.routes.method")); // of an element of tollgate.routes
        metadata.get("properties")
                .forEach(property -> names.add(property.get("name").asText()));

        assertThat(metadata.get("hints")).isNotEmpty();
        for (JsonNode hint : metadata.get("hints")) {
            assertThat(names).contains(hint.get("name").asText());
        }
    }
}
