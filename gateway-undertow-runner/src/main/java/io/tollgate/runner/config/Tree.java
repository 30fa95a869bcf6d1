package io.tollgate.runner.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.Optional;

/** A list of sections, which a file has as such, and a variable as HOCON in one text. */
final class Tree {
    private static final String KEY = "value";

    private Tree() {}

    /** The list, or nothing where it cannot be read; then that is among the problems. */
    static Optional<Node> of(String path, ConfigValue value, String source, List<ConfigProblem> problems) {
        if (value instanceof ConfigList) {
            return Optional.of(new Node(path, value, Optional.empty(), problems));
        }
        String text = value.atKey(KEY).getString(KEY);
        try {
            Config parsed = ConfigFactory.parseString(KEY + " = " + (text.isBlank() ? "[]" : text))
                    .resolve();
            ConfigValue tree = parsed.root().size() == 1 ? parsed.root().get(KEY) : null;
            if (tree instanceof ConfigList) {
                return Optional.of(new Node(path, tree, Optional.of(source), problems));
            }
            new Node(path, value, Optional.of(source), problems).unexpected(text, PolicyReader.EXPECTED);
        } catch (ConfigException e) {
            new Node(path, ConfigValueFactory.fromAnyRef(text), Optional.of(source), problems)
                    .problem("not HOCON: " + Values.line(String.valueOf(e.getMessage()), 300));
        }
        return Optional.empty();
    }
}
