package io.tollgate.examples.transcoding;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.tollgate.config.ConfigException;
import io.tollgate.operations.logging.LogLines;
import io.tollgate.runner.Gateway;
import io.tollgate.runner.GatewayStartException;
import io.tollgate.runner.config.ConfigLoader;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.logging.GatewayLogging;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The library and the gateway in front of it, in one process. */
public final class TranscodingDemo implements AutoCloseable {
    /** As in config.yaml. */
    private static final int PORT = 50053;

    private final Server library;
    private final Gateway gateway;

    private TranscodingDemo(Server library, Gateway gateway) {
        this.library = library;
        this.gateway = gateway;
    }

    /** Runs until the process receives SIGTERM. The only argument is the configuration. */
    public static void main(String[] args) throws IOException {
        Path config = Path.of(args.length == 0 ? "config.yaml" : args[0]);
        Map<String, String> environment = new HashMap<>(System.getenv());
        byte[] secret = new byte[48];
        new SecureRandom().nextBytes(secret);
        environment.putIfAbsent("JWT_SECRET_KEY", Base64.getEncoder().encodeToString(secret));
        try {
            LogLines logging = GatewayLogging.start(load(config, environment), System.out);
            TranscodingDemo demo = start(config, environment, PORT);
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                demo.close();
                                logging.close();
                            },
                            "shutdown"));
            System.out.print(demo.invitation());
        } catch (ConfigException | GatewayStartException e) {
            System.err.println("tollgate: " + e.getMessage());
            System.exit(1);
        }
    }

    private static GatewayConfig load(Path config, Map<String, String> environment) {
        return ConfigLoader.load(Optional.of(config), environment).config();
    }

    /**
     * Starts both.
     *
     * @param config the configuration of the gateway
     * @param environment variables of the gateway
     * @param port of the library
     */
    static TranscodingDemo start(Path config, Map<String, String> environment, int port) throws IOException {
        Server library = Grpc.newServerBuilderForPort(port, InsecureServerCredentials.create())
                .addService(new Library())
                .build()
                .start();
        try {
            return new TranscodingDemo(library, Gateway.start(load(config, environment)));
        } catch (RuntimeException e) {
            library.shutdownNow();
            throw e;
        }
    }

    /** Returns the address of the gateway. */
    InetSocketAddress address() {
        return gateway.address();
    }

    private String invitation() {
        return """

                The library is at %1$s. In another terminal:

                  curl %1$s/v1/shelves/novels/books/emma
                  curl '%1$s/v1/shelves/novels/books?pageSize=2'
                  curl -N -H 'Accept: application/x-ndjson' %1$s/v1/shelves/novels/books:watch
                  curl -N -H 'Accept: text/event-stream' %1$s/v1/shelves/novels/books:watch
                  curl -X POST -H 'Content-Type: application/json' -d '{"title":"Persuasion"}' %1$s/v1/shelves/novels/books    # 401

                All of it in a browser: %1$s/docs. Ctrl-C stops it; nothing is kept.
                """.formatted(gateway.url());
    }

    @Override
    public void close() {
        gateway.close();
        library.shutdownNow();
    }
}
