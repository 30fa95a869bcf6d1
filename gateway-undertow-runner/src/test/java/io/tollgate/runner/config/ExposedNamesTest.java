package io.tollgate.runner.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tollgate.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The names of exposed services, each of which is that of a component and, with {@code -descriptors}, of another. */
class ExposedNamesTest {
    private static final Map<String, String> SECRET = Map.of("JWT_SECRET_KEY", Samples.SECRET);

    @TempDir
    Path folder;

    private Path exposing(String... names) throws IOException {
        return Files.writeString(
                folder.resolve("config.yaml"),
                Arrays.stream(names)
                        .map(name -> "{name: " + name + ", host: localhost, port: 1, reflection: true}")
                        .collect(Collectors.joining(", ", "transcoding: {services: [", "]}")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        catalog, catalog-descriptors | a service named catalog-descriptors, as the descriptors of the service catalog are
        catalog-descriptors, catalog | a service named catalog-descriptors, as the descriptors of the service catalog are
        catalog, redis, other        | a service named redis, as a part of the gateway is
        """)
    void areOfOneComponentEach(String names, String problem) throws IOException {
        Path file = exposing(names.split(", "));

        ConfigException invalid =
                catchThrowableOfType(ConfigException.class, () -> ConfigLoader.load(Optional.of(file), SECRET));

        assertThat(invalid.problems())
                .singleElement()
                .asString()
                .contains("transcoding.services: " + problem + " (expected: another name)");
    }

    @Test
    void mayEndLikeOneThatIsNotThere() throws IOException {
        Path file = exposing("catalog", "library-descriptors");

        assertThat(ConfigLoader.load(Optional.of(file), SECRET)
                        .config()
                        .transcoding()
                        .services())
                .extracting(TranscodingConfig.Service::name)
                .containsExactly("catalog", "library-descriptors");
    }
}
