package io.tollgate.grpc.transcoding;

import io.grpc.Channel;
import io.grpc.Metadata;
import io.tollgate.grpc.transcoding.json.JsonOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The settings that all methods of a set share.
 *
 * @param streamDeadline for all of a stream; empty for no limit
 * @param streamIdleTimeout the time that a stream may be without a message of the service
 * @param heartbeat the time without anything written after which an event stream gets a comment
 * @param forwarded the headers that become metadata
 */
record ServiceOptions(
        Channel channel,
        int maxBodySize,
        Optional<Duration> streamDeadline,
        Duration streamIdleTimeout,
        Duration heartbeat,
        List<Metadata.Key<String>> forwarded,
        boolean ignoreUnknownQuery,
        JsonOptions json) {}
