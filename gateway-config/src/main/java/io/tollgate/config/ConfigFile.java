package io.tollgate.config;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads a file in the language that its name's ending says. */
final class ConfigFile {
    private static final long MAX_BYTES = 1 << 20;

    private ConfigFile() {}

    /** Returns the content of the file; empty, with a problem, if it cannot be read. */
    static Optional<Config> read(Path file, Map<String, String> environment, List<ConfigProblem> problems) {
        String name =
                file.getFileName() == null ? "" : file.getFileName().toString().toLowerCase(Locale.ROOT);
        boolean yaml = name.endsWith(".yaml") || name.endsWith(".yml");
        if (!yaml && !name.endsWith(".conf") && !name.endsWith(".json")) {
            problems.add(problem(
                    file, "not a kind of file that is read (expected: .yaml or .yml, or .conf or .json for HOCON)"));
            return Optional.empty();
        }
        try {
            if (!Files.exists(file)) {
                problems.add(problem(file, "no such file"));
            } else if (!Files.isRegularFile(file)) {
                problems.add(problem(file, "not a file"));
            } else if (Files.size(file) > MAX_BYTES) {
                problems.add(problem(file, Files.size(file) + " bytes (expected: at most " + MAX_BYTES + ")"));
            } else {
                String text = Files.readString(file);
                return yaml
                        ? YamlReader.read(file.toString(), text, problems)
                        : HoconReader.read(file, text, environment, problems);
            }
        } catch (CharacterCodingException e) {
            problems.add(problem(file, "not UTF-8"));
        } catch (IOException e) {
            problems.add(problem(file, "cannot be read (" + e.getClass().getSimpleName() + ")"));
        }
        return Optional.empty();
    }

    private static ConfigProblem problem(Path file, String message) {
        return new ConfigProblem(file.toString(), "", message);
    }
}
