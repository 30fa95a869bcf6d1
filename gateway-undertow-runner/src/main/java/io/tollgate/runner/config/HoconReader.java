package io.tollgate.runner.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads HOCON and JSON. {@code ${VARIABLE}} is one of the environment. */
final class HoconReader {
    private HoconReader() {}

    static Config read(Path file, String text, Map<String, String> environment, List<ConfigProblem> problems) {
        try {
            return ConfigFactory.parseFile(
                            file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
                    .resolve(ConfigResolveOptions.noSystem().appendResolver(new Variables(environment)));
        } catch (ConfigException e) {
            int line = e.origin() == null ? -1 : e.origin().lineNumber();
            String source = e.origin() == null ? file.toString() : Values.source(e.origin());
            problems.add(new ConfigProblem(source, "", message(e, text, line)));
            return ConfigFactory.empty();
        }
    }

    /** What the parser says without the place, which is said already; and without what may be a secret. */
    private static String message(ConfigException e, String text, int line) {
        String[] lines = text.split("\n", -1);
        boolean unsafe = line < 1 || line > lines.length || SensitiveLine.mayHoldASecret(lines[line - 1]);
        if (e instanceof ConfigException.UnresolvedSubstitution) {
            return Values.printable(e.getMessage());
        }
        if (unsafe) {
            return "not HOCON";
        }
        String place = e.origin().description() + ": ";
        String message = e.getMessage().startsWith(place) ? e.getMessage().substring(place.length()) : e.getMessage();
        return "not HOCON: " + Values.printable(message);
    }

    private record Variables(Map<String, String> environment) implements ConfigResolver {
        @Override
        public @org.jspecify.annotations.Nullable ConfigValue lookup(String path) {
            String value = environment.get(path);
            return value == null ? null : ConfigValueFactory.fromAnyRef(value, "variable " + path);
        }

        @Override
        public ConfigResolver withFallback(ConfigResolver fallback) {
            return this;
        }
    }
}
