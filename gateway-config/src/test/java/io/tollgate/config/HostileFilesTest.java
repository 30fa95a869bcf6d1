package io.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as large as a file may be, and files that hold a password where none belongs. */
class HostileFilesTest {
    private static final int MANY = 35_000;

    private static final ConfigKey<String> HOST = ConfigKey.of("store.host", ValueType.host(), null, "The host");
    private static final ConfigKey<String> PAGE = ConfigKey.of("page", ValueType.text(200), null, "A URL");
    private static final ConfigKey<List<String>> HOSTS =
            ConfigKey.of("hosts", ValueType.listOf(ValueType.host()), null, "Hosts");
    private static final ConfigKey<String> TREE = ConfigKey.of(
            "tree", ValueType.structured("a section", node -> String.valueOf(node.isSection())), null, "A tree");

    @TempDir
    Path folder;

    /** Keys of the size of a gateway's, so that a search for similar names costs what it costs there. */
    private static ConfigReader reader() {
        List<ConfigKey<?>> keys = new ArrayList<>(List.of(HOST, PAGE, HOSTS, TREE));
        for (int i = 0; i < 250; i++) {
            keys.add(ConfigKey.of("section.of.a.gateway.key_" + i, ValueType.text(10), null, "A key"));
        }
        return ConfigReader.of(keys);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bad.yaml", "bad.conf"})
    @Timeout(30) // A file of this size took a minute.
    void aFileFullOfUnknownKeysIsRejectedWithAShortMessage(String name) throws IOException {
        String content = IntStream.range(0, MANY)
                .mapToObj(i -> "section_of_gateway_k" + i + ": 1")
                .collect(Collectors.joining("\n"));

        ConfigException failure = failure(name, content);

        assertThat(failure.problems()).hasSize(MANY);
        assertThat(failure.getMessage())
                .startsWith("the configuration has 35000 problems:\n")
                .contains("(did you mean section.of.a.gateway?)")
                .endsWith("\n  and 34900 more")
                .hasSizeLessThan(100 * 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{a:", "[", "a."})
    void nestingWithoutEndIsAProblem(String opening) throws IOException {
        String deep =
                "tree: " + (opening.equals("a.") ? "{" + opening.repeat(500_000) + "a: 1}" : opening.repeat(300_000));
        ConfigReader reader = reader();

        assertThat(failure("deep.conf", deep)).hasMessageContaining("nested too deeply");
        assertThat(catchThrowableOfType(
                        ConfigException.class,
                        () -> reader.read(Optional.empty(), Map.of("TREE", deep.substring(6)))
                                .requireValid()))
                .hasMessageContaining("variable TREE: tree: nested too deeply");
        assertThat(failure("deep.yaml", deep)).hasMessageContaining("not YAML");
    }

    @Test
    void aHundredLevelsAreRead() throws IOException {
        String deep = "tree: " + "{a: ".repeat(100) + "1" + "}".repeat(100);

        for (String name : List.of("deep.yaml", "deep.conf")) {
            assertThat(reader().read(file(name, deep), Map.of()).get(TREE)).isEqualTo("true");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://user:marked@host:6379",
                "user:marked@host",
                "redis://:mar/ked@marked@host",
                ":marked@host",
                "redis://user:marked with a space@host"
            })
    void aPasswordInAValueThatIsNoSecretIsNotShown(String value) throws IOException {
        ConfigException failure =
                failure("hosts.yaml", "store:\n  host: \"" + value + "\"\nhosts: [\"" + value + "\", b]\n");

        assertThat(failure)
                .hasMessageContaining("store.host: <redacted>@host")
                .hasMessageContaining("hosts: <redacted>@host");
        assertThat(failure.getMessage()).doesNotContain("marked", "ked@");
    }

    @Test
    void aPasswordInAUrlThatIsReadIsNotListed() throws IOException {
        ConfigValues values = reader().read(file("page.yaml", "page: https://user:marked@host/a@b\n"), Map.of());

        assertThat(values.get(PAGE)).isEqualTo("https://user:marked@host/a@b");
        assertThat(values.settings()).extracting(Setting::value).containsExactly("https://<redacted>@b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "store.password = \"marked\" {a: 1}",
                "store { password = marked\n {a: 1} }",
                "store.password = [\"marked\"] {a: 1}",
                "store.host = redis://user:marked@host\n= 1",
                "store.host = \"redis://user:marked@host\" \"",
            })
    void hoconThatIsWrongIsNotQuotedWhereItMayHoldASecret(String content) throws IOException {
        assertThat(failure("secret.conf", content).getMessage())
                .contains("not HOCON")
                .doesNotContain("marked");
    }

    private ConfigException failure(String name, String content) throws IOException {
        Optional<Path> file = file(name, content);
        return catchThrowableOfType(
                ConfigException.class, () -> reader().read(file, Map.of()).requireValid());
    }

    private Optional<Path> file(String name, String content) throws IOException {
        return Optional.of(Files.writeString(folder.resolve(name), content));
    }
}
