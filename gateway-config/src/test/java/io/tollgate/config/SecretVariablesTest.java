package io.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretVariablesTest {
    private static final ConfigKey<Integer> PORT =
            ConfigKey.of("store.port", ValueType.integer("a port", 1, 65535), "6379", "The port");
    private static final ConfigKey<Secret> PASSWORD =
            ConfigKey.secret("store.password", ValueType.secret(8, 64), "The password");
    private static final ConfigReader READER = ConfigReader.of(List.of(PORT, PASSWORD));

    @TempDir
    Path folder;

    @Test
    void aVariableNamesTheFileOfASecret() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "a secret of a file\n");

        ConfigValues values = READER.read(Optional.empty(), Map.of("STORE_PASSWORD_FILE", file.toString()));

        values.requireValid();
        assertThat(values.warnings()).isEmpty();
        assertThat(values.get(PASSWORD).value()).isEqualTo("a secret of a file");
        assertThat(values.files()).containsExactly(new FileSecret(PASSWORD, file, values.get(PASSWORD)));
        assertThat(values.settings())
                .extracting(setting -> setting.key() + ": " + setting.value() + " (" + setting.source() + ")")
                .containsExactly(
                        "store.port: 6379 (default)",
                        "store.password: <redacted> (variable STORE_PASSWORD_FILE, file " + file + ")");
    }

    @Test
    void itWinsOverTheConfigurationFile() throws IOException {
        Path config = Files.writeString(folder.resolve("config.yaml"), "store: {password: of-the-configuration}");
        Path file = Files.writeString(folder.resolve("password"), "of-its-own-file");

        ConfigValues values = READER.read(Optional.of(config), Map.of("STORE_PASSWORD_FILE", file.toString()));

        assertThat(values.get(PASSWORD).value()).isEqualTo("of-its-own-file");
    }

    @Test
    void bothVariablesAreAProblem() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "mrk-of-the-file");

        assertThat(problems(Map.of("STORE_PASSWORD_FILE", file.toString(), "STORE_PASSWORD", "mrk-of-the-variable")))
                .containsExactly(
                        "variable STORE_PASSWORD_FILE: store.password: set beside STORE_PASSWORD (expected: one of"
                                + " the two)");
        assertThat(READER.read(Optional.empty(), Map.of("STORE_PASSWORD_FILE", file.toString(), "STORE_PASSWORD", " "))
                        .get(PASSWORD)
                        .value())
                .as("a blank variable is not set")
                .isEqualTo("mrk-of-the-file");
    }

    @Test
    void aFileWithoutASecretIsAProblemWithTheVariableAndThePathAndAllOthersAreFoundToo() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        Path wrong = Files.writeString(folder.resolve("short"), "mrk");

        assertThat(problems(Map.of("STORE_PASSWORD_FILE", folder + "/none", "STORE_PORT", "x")))
                .containsExactly(
                        "variable STORE_PASSWORD_FILE: store.password: " + folder + "/none: no such file",
                        "variable STORE_PORT: store.port: x (expected: a port, 1 to 65535)");
        assertThat(problems(Map.of("STORE_PASSWORD_FILE", empty.toString())))
                .containsExactly(
                        "variable STORE_PASSWORD_FILE: store.password: " + empty + ": empty (expected: a secret)");
        assertThat(problems(Map.of("STORE_PASSWORD_FILE", wrong.toString())))
                .containsExactly("variable STORE_PASSWORD_FILE, file " + wrong
                        + ": store.password: a secret of 3 bytes (expected: a secret of 8 to 64 bytes)");
    }

    @Test
    void aKeyWhoseFileCannotBeReadIsNotMissingToo() {
        ConfigValues values = READER.read(Optional.empty(), Map.of("STORE_PASSWORD_FILE", folder + "/none"));

        assertThat(values.has(PASSWORD)).isFalse();
        assertThat(values.isMissing(PASSWORD)).isFalse();
    }

    @Test
    void aSecretInThePlaceOfItsPathIsNotShown() {
        for (String secret : List.of("mrk-hunter2", "mrk/hunter2==", "mrk\0hunter2")) {
            assertThat(problems(Map.of("STORE_PASSWORD_FILE", secret)))
                    .singleElement()
                    .asString()
                    .startsWith("variable STORE_PASSWORD_FILE: store.password: names no file, and is not shown")
                    .doesNotContain("mrk");
        }
    }

    @Test
    void aMisspeltVariableAndTheFileOfWhatIsNoSecretAreNamed() throws IOException {
        assertThat(READER.read(Optional.empty(), Map.of("STORE_PASWORD_FILE", "/x", "STORE_PORT_FILE", "/y"))
                        .warnings())
                .extracting(ConfigProblem::toString)
                .containsExactly(
                        "variable STORE_PASWORD_FILE: belongs to no key (did you mean STORE_PASSWORD_FILE?)",
                        "variable STORE_PORT_FILE: belongs to no key (only secrets are read from files of their own)");
    }

    private static List<String> problems(Map<String, String> environment) {
        ConfigException problem = catchThrowableOfType(
                ConfigException.class,
                () -> READER.read(Optional.empty(), environment).requireValid());
        return problem.problems().stream().map(ConfigProblem::toString).toList();
    }
}
