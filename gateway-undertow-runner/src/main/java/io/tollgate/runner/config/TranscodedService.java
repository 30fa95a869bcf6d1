package io.tollgate.runner.config;

import io.tollgate.grpc.transcoding.TranscoderBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A service that is exposed from its descriptors.
 *
 * @param name of the upstream, in logs and metrics
 * @param descriptors the file of its descriptors; without one its server is asked
 * @param longestDeadline the longest of its calls with one response
 * @param maxBodySize in bytes
 * @param settings what its transcoder is to do
 */
public record TranscodedService(
        String name,
        String host,
        int port,
        Optional<Path> descriptors,
        Duration longestDeadline,
        int maxBodySize,
        List<Consumer<TranscoderBuilder>> settings) {
    public TranscodedService {
        settings = List.copyOf(settings);
    }

    /** Tells {@code builder} what it is to do. */
    public TranscoderBuilder apply(TranscoderBuilder builder) {
        settings.forEach(setting -> setting.accept(builder));
        return builder;
    }

    TranscodedService in(Path folder) {
        return new TranscodedService(
                name, host, port, descriptors.map(folder::resolve), longestDeadline, maxBodySize, settings);
    }
}
