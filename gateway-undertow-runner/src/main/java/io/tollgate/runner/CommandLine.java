package io.tollgate.runner;

import io.tollgate.config.ConfigException;
import io.tollgate.config.Setting;
import io.tollgate.grpc.transcoding.TranscodedRoute;
import io.tollgate.runner.Arguments.BadArgument;
import io.tollgate.runner.config.ConfigKeys;
import io.tollgate.runner.config.ConfigLoader;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.LoadedConfig;
import io.tollgate.runner.config.Version;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The command line of the gateway; {@code --help} lists what it takes. */
final class CommandLine {
    /** Done, or the gateway runs. */
    static final int OK = 0;

    /** The gateway cannot start. */
    static final int CANNOT_START = 1;

    /** The command line or the configuration is wrong. */
    static final int WRONG_USAGE = 2;

    private final Map<String, String> environment;
    private final Path workingDirectory;
    private final PrintStream out;
    private final PrintStream err;
    private final Launcher launcher;

    /** Starts a gateway that runs until the process ends. */
    interface Launcher {
        /**
         * Returns once it is listening.
         *
         * @throws GatewayStartException with a message for the operator
         */
        void launch(LoadedConfig config);
    }

    CommandLine(
            Map<String, String> environment,
            Path workingDirectory,
            PrintStream out,
            PrintStream err,
            Launcher launcher) {
        this.environment = environment;
        this.workingDirectory = workingDirectory;
        this.out = out;
        this.err = err;
        this.launcher = launcher;
    }

    /** Returns the exit status; with {@link #OK} after a start, the gateway goes on running. */
    int run(List<String> args) {
        try {
            Arguments arguments = Arguments.parse(args);
            switch (arguments.action()) {
                case HELP -> out.print(Arguments.USAGE);
                case VERSION -> out.println("tollgate " + Version.current());
                case KEYS -> out.print(ConfigKeys.listing());
                case CHECK_CONFIG -> report(load(arguments));
                case ROUTES -> routes(load(arguments).config());
                case START -> launcher.launch(load(arguments));
            }
            return OK;
        } catch (BadArgument e) {
            complain(e.getMessage());
            err.println();
            err.print(Arguments.USAGE);
            return WRONG_USAGE;
        } catch (ConfigException e) {
            complain(e.getMessage());
            return WRONG_USAGE;
        } catch (GatewayStartException e) {
            complain(e.getMessage());
            return args.contains("--check-config") || args.contains("--routes") ? WRONG_USAGE : CANNOT_START;
        }
    }

    private LoadedConfig load(Arguments arguments) throws BadArgument {
        return ConfigLoader.load(configFile(arguments), environment);
    }

    private Optional<Path> configFile(Arguments arguments) throws BadArgument {
        if (arguments.config().isEmpty()) {
            return Optional.of(workingDirectory.resolve("config.yaml")).filter(Files::exists);
        }
        try {
            return arguments.config().map(workingDirectory::resolve);
        } catch (InvalidPathException e) {
            throw new BadArgument("--config: " + e.getReason() + " (expected: a file)");
        }
    }

    private void report(LoadedConfig loaded) {
        Transcoding.check(loaded.config());
        out.println("OK");
        for (Setting setting : loaded.settings()) {
            out.println(setting.key() + ": " + setting.value() + " (" + setting.source() + ")");
        }
        for (String warning : loaded.warnings()) {
            err.println("tollgate: warning: " + warning);
        }
    }

    /** Prints a line for each route of the services whose descriptors are in files. */
    private void routes(GatewayConfig config) {
        GatewayConfig.RateLimits limits = config.rateLimit();
        for (TranscodedRoute route : Transcoding.check(config).routes()) {
            List<String> policies = new ArrayList<>(limits.defaultPolicy() ? List.of("default") : List.of());
            policies.addAll(limits.policies().namesFor(route.verb(), route.template()));
            out.println(route.line(policies));
        }
    }

    private void complain(String message) {
        err.println("tollgate: " + message);
    }
}
