package io.tollgate.runner.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.config.ConfigException;
import io.tollgate.config.ConfigKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Puts a credential into the value of every key, in every place that a value can come from, and looks for it in all texts. */
class CredentialsTest {
    /** It has no capitals, so that a text in small letters hides nothing. */
    private static final String PASSWORD = "hunter2";

    private static final List<String> VALUES = List.of(
            "redis://:hunter2@redis.internal:6379",
            "redis://user:hun@hunter2/3@redis.internal",
            "https://user:hunter2 and more@redis.internal/keys",
            "user:hunter2@redis.internal:6379",
            "redis://user:hunter2",
            "redis://:hunter2",
            "https://keys.internal/jwks.json?token=hunter2",
            "https://keys.internal/jwks.json#access_token=hunter2",
            "localhost:1, redis://:hunter2@redis.internal:6379, localhost:2",
            "host=redis.internal password=hunter2",
            "[{name: a, limits: \"redis://:hunter2@redis.internal\"}]",
            "[{name: \"redis://:hunter2@redis.internal\", limits: 1/s, type: \"x://:hunter2@y\"}]",
            "[{kid: \"a b://:hunter2@c\", file: \"https://user:hunter2@keys.internal/key.pem\"}]",
            "[{file: \"https://keys.internal/key.pem?token=hunter2\", algorithm: \"x://:hunter2@y\"}]",
            "{\"/api/v1/tickets/{event_id}/purchase\": \"https://user:hunter2@keys.internal\"}",
            "{\"https://user:hunter2@keys.internal\": [a]}");

    /** The parsers of files see no more than a text in the others. */
    private static final int IN_FILES = 5;

    @TempDir
    Path folder;

    static Stream<ConfigKey<?>> keys() {
        return ConfigKeys.all().stream();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void areNotShownInAVariable(ConfigKey<?> key) {
        for (String value : VALUES) {
            Map<String, String> environment = new HashMap<>(Map.of("JWT_SECRET_KEY", Samples.SECRET));
            environment.put(key.variable(), value);

            assertShowsNothing(Optional.empty(), environment, value);
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void areNotShownInAFile(ConfigKey<?> key) throws IOException {
        Map<String, String> environment = new HashMap<>(Map.of("JWT_SECRET_KEY", Samples.SECRET));
        environment.remove(key.variable());
        String parent = key.name().substring(0, key.name().lastIndexOf('.'));
        for (String value : VALUES.subList(0, IN_FILES)) {
            String quoted = "\"" + value.replace("\"", "\\\"") + "\"";
            Map<String, String> files = Map.of(
                    "quoted.yaml", key.name() + ": " + quoted,
                    "plain.yaml", key.name() + ": " + value,
                    "list.yaml", key.name() + ": [" + quoted + ", " + quoted + "]",
                    "section.yaml", key.name() + ": {a: " + quoted + "}",
                    "parent.yaml", parent + ": " + quoted,
                    "unknown.yaml", key.name() + "x: " + quoted,
                    "unclosed.yaml", key.name() + ": \"" + value.replace("\"", ""),
                    "quoted.conf", key.name() + " = " + quoted,
                    "plain.conf", key.name() + " = " + value,
                    "unclosed.conf", key.name() + " = \"" + value.replace("\"", ""));
            for (Map.Entry<String, String> file : files.entrySet()) {
                Path path = Files.writeString(folder.resolve(file.getKey()), file.getValue() + "\n");

                assertShowsNothing(Optional.of(path), environment, file.getKey() + " with " + file.getValue());
            }
        }
    }

    private static void assertShowsNothing(Optional<Path> file, Map<String, String> environment, String what) {
        assertThat(texts(file, environment))
                .as(what)
                .isNotEmpty()
                .allSatisfy(text -> assertThat(text.toLowerCase(Locale.ROOT)).doesNotContain(PASSWORD));
    }

    /** Returns all that an operator sees of the configuration. */
    private static List<String> texts(Optional<Path> file, Map<String, String> environment) {
        List<String> texts = new ArrayList<>();
        try {
            LoadedConfig loaded = ConfigLoader.load(file, environment);
            texts.add(loaded.toString());
            texts.addAll(loaded.warnings());
            loaded.settings().forEach(setting -> texts.add(setting.toString()));
        } catch (ConfigException e) {
            texts.add(e.toString());
            e.problems().forEach(problem -> texts.add(problem.toString()));
        }
        return texts;
    }
}
