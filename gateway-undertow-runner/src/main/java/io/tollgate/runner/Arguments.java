package io.tollgate.runner;

import io.tollgate.api.Redaction;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of the command line.
 *
 * @param config the file to read, where one was named
 */
record Arguments(Action action, Optional<String> config) {
    static final String USAGE = """
            Usage: java -jar gateway.jar [OPTION]...

              --config FILE    read FILE: YAML (.yaml, .yml) or HOCON (.conf, .json); without this option
                               config.yaml of the working directory, where there is one
              --check-config   read the configuration, say where each value comes from or all that is
                               wrong with it, and exit
              --routes         print the routes of transcoding.services, and exit
              --keys           list every configuration key with its variable, default and meaning
              --version        print name and version
              --help           print this

            Every key can be set in the file and, over it, by a variable: server.http.port by SERVER_HTTP_PORT.
            Secrets can be in files of their own, which variables name: REDIS_PASSWORD_FILE=/run/secrets/redis.
            The one that has no default is jwt.secret_key, JWT_SECRET_KEY: the secret that tokens are signed with.

            Exit status: 0 after what was asked for; 1 where the gateway cannot start, for example because its
            port is in use; 2 where the command line or the configuration is wrong; 130 or 143 after SIGINT or
            SIGTERM, on which requests that have begun are answered first.
            """;

    enum Action {
        START,
        CHECK_CONFIG,
        ROUTES,
        KEYS,
        VERSION,
        HELP
    }

    /** Reads the command line. Where several actions are asked for, the last in the order of {@link Action} is taken. */
    static Arguments parse(List<String> args) throws BadArgument {
        Action action = Action.START;
        String config = null;
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            switch (arg) {
                case "--help", "-h" -> action = later(action, Action.HELP);
                case "--version" -> action = later(action, Action.VERSION);
                case "--routes" -> action = later(action, Action.ROUTES);
                case "--keys" -> action = later(action, Action.KEYS);
                case "--check-config" -> action = later(action, Action.CHECK_CONFIG);
                case "--config" -> config = file(config, i + 1 < args.size() ? args.get(++i) : "");
                default -> {
                    if (!arg.startsWith("--config=")) {
                        throw new BadArgument("unknown argument: " + Redaction.ofValue(arg.replaceFirst("=.*", "=…")));
                    }
                    config = file(config, arg.substring("--config=".length()));
                }
            }
        }
        return new Arguments(action, Optional.ofNullable(config));
    }

    private static Action later(Action a, Action b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static String file(@Nullable String earlier, String file) throws BadArgument {
        if (earlier != null) {
            throw new BadArgument("--config: given twice (expected: one file)");
        }
        if (file.isEmpty() || file.startsWith("--")) {
            throw new BadArgument("--config: no file given (expected: --config FILE)");
        }
        return file;
    }

    /** A command line that asks for nothing there is. */
    static final class BadArgument extends Exception {
        BadArgument(String message) {
            super(message);
        }
    }
}
