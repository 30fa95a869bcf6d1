package io.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
    private static final ConfigKey<Integer> PORT =
            ConfigKey.of("server.port", ValueType.integer("a port", 1, 65535), "8080", "The port");
    private static final ConfigKey<Duration> TIMEOUT =
            ConfigKey.of("server.timeout", ValueType.duration("1ms", "1h"), "30s", "The time");
    private static final ConfigKey<Secret> PASSWORD =
            ConfigKey.secret("store.password", ValueType.secret(8, 64), "The password");
    private static final ConfigKey<List<String>> NAMES = ConfigKey.of(
            "names",
            ValueType.structured("a list of sections, each with name", ConfigReaderTest::names),
            null,
            "The names");

    private static final ConfigReader READER = ConfigReader.of(List.of(PORT, TIMEOUT, PASSWORD, NAMES));

    @TempDir
    Path folder;

    @Test
    void variablesWinOverTheFileAndTheFileOverDefaults() throws IOException {
        ConfigValues values = READER.read(
                file("config.yaml", "server:\n  port: 1\n  timeout: 1m30s\nnames: [{name: a}, {name: b}]\n"),
                Map.of("SERVER_PORT", "2", "STORE_PASSWORD", "12345678", "OTHER", "x"));

        values.requireValid();
        assertThat(values.get(PORT)).isEqualTo(2);
        assertThat(values.get(TIMEOUT)).isEqualTo(Duration.ofSeconds(90));
        assertThat(values.get(NAMES)).containsExactly("a", "b");
        assertThat(values.settings())
                .extracting(setting -> setting.key() + "=" + setting.value() + " " + setting.source())
                .containsExactly(
                        "server.port=2 variable SERVER_PORT",
                        "server.timeout=1m30s " + folder.resolve("config.yaml") + ":3",
                        "store.password=<redacted> variable STORE_PASSWORD",
                        "names=[a, b] " + folder.resolve("config.yaml") + ":4");
    }

    @Test
    void hoconIsReadWithItsVariables() throws IOException {
        ConfigValues values =
                READER.read(file("config.conf", "server { port = ${P}, timeout = 2 s }"), Map.of("P", "7"));

        values.requireValid();
        assertThat(values.get(PORT)).isEqualTo(7);
        assertThat(values.get(TIMEOUT)).isEqualTo(Duration.ofSeconds(2));
        assertThat(values.find(PASSWORD)).isEmpty();
        assertThat(values.isMissing(PASSWORD)).isTrue();
    }

    @Test
    void everyMistakeIsReportedAtOnceAndNoSecret() throws IOException {
        ConfigValues values = READER.read(
                file("bad.yaml", "server:\n  prot: 1\n  timeout: 2h\nnames: [{nam: a}]\n"),
                Map.of("SERVER_PORT", "70000", "STORE_PASSWORD", "marked"));

        ConfigException failure = catchThrowableOfType(ConfigException.class, values::requireValid);

        assertThat(failure.problems())
                .extracting(ConfigProblem::key)
                .containsExactly("server.prot", "server.timeout", "names[0].nam", "server.port", "store.password");
        assertThat(failure)
                .hasMessageContaining("bad.yaml:2: server.prot: unknown key (did you mean server.port?)")
                .hasMessageContaining("server.port: 70000 (expected: a port, 1 to 65535)")
                .hasMessageContaining("store.password: a secret of 6 bytes (expected: a secret of 8 to 64 bytes)");
        assertThat(failure.getMessage()).doesNotContain("marked");
    }

    @Test
    void aFileThatCannotBeReadIsAProblemBesideThoseOfTheVariables() {
        ConfigException failure = catchThrowableOfType(
                ConfigException.class,
                () -> READER.read(Optional.of(folder.resolve("none.yaml")), Map.of("SERVER_PORT", "x")));

        assertThat(failure).hasMessageContaining("no such file").hasMessageContaining("server.port: x");
    }

    @Test
    void pathsAreRelativeToTheFileThatHasThem() throws IOException {
        ConfigKey<Path> set = ConfigKey.of(
                "set",
                ValueType.structured("a section", node -> node.takePath("file").orElse(Path.of("none"))),
                null,
                "");
        ConfigReader reader = ConfigReader.of(List.of(set));

        assertThat(reader.read(file("a.yaml", "set: {file: b/c.bin}\n"), Map.of())
                        .get(set))
                .isEqualTo(folder.resolve("b/c.bin"));
        assertThat(reader.read(file("a.conf", "set { file = c.bin }"), Map.of()).get(set))
                .isEqualTo(folder.resolve("c.bin"));
        assertThat(reader.read(file("a.yaml", "set: {file: /c.bin}\n"), Map.of())
                        .get(set))
                .isEqualTo(Path.of("/c.bin"));
        assertThat(reader.read(Optional.empty(), Map.of("SET", "{file: c.bin}")).get(set))
                .as("of a variable: relative to the working directory")
                .isEqualTo(Path.of("c.bin"));
        ConfigException failure = catchThrowableOfType(
                ConfigException.class,
                () -> reader.read(file("a.yaml", "set: {file: \"a\\0b\"}\n"), Map.of())
                        .requireValid());
        assertThat(failure).hasMessageContaining("set.file: ");
    }

    private static List<String> names(ConfigNode node) {
        List<String> names = new ArrayList<>();
        node.elements("a list").forEach(element -> {
            element.take("name", ValueType.text(10), false).ifPresent(names::add);
            element.noOtherFields();
        });
        return names;
    }

    private Optional<Path> file(String name, String content) throws IOException {
        return Optional.of(Files.writeString(folder.resolve(name), content));
    }
}
