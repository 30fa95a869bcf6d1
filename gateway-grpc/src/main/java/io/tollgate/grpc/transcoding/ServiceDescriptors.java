package io.tollgate.grpc.transcoding;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import io.grpc.Channel;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * The descriptors of services, with the files that they import: from a file that {@code protoc --include_imports
 * --descriptor_set_out} or {@code buf build} wrote, or from a server with reflection.
 *
 * <pre>{@code
 * ServiceDescriptors library = ServiceDescriptors.read(Path.of("library.binpb"));
 * }</pre>
 *
 * <p>Files of {@code google/protobuf}, {@code google/api}, {@code google/rpc}, {@code google/type} and {@code
 * google/longrunning} that are commonly imported may be missing. Immutable and thread-safe.
 */
public final class ServiceDescriptors {
    private final String source;
    private final Map<String, FileDescriptorProto> files;
    private final Map<String, Comments> comments;

    ServiceDescriptors(String source, Map<String, FileDescriptorProto> files, Map<String, Comments> comments) {
        this.source = source;
        this.files = Collections.unmodifiableMap(files);
        this.comments = Map.copyOf(comments);
    }

    /**
     * Reads a serialized {@code google.protobuf.FileDescriptorSet} from a file. Blocks.
     *
     * @throws IOException if the file cannot be read
     * @throws InvalidTranscodingException if it is no such set
     */
    public static ServiceDescriptors read(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            return DescriptorSetReader.read(file.toString(), in);
        }
    }

    /**
     * Returns the descriptors of a serialized {@code google.protobuf.FileDescriptorSet}.
     *
     * @param source the name of the set in the problems that are reported, such as {@code library.binpb}
     * @throws InvalidTranscodingException if the bytes are no such set
     */
    public static ServiceDescriptors of(String source, byte[] set) {
        try {
            return DescriptorSetReader.read(requireNonNull(source, "source"), new ByteArrayInputStream(set));
        } catch (IOException e) {
            throw new InvalidTranscodingException(
                    TranscodingProblem.of(source, "cannot be read: " + e.getMessage()), e);
        }
    }

    /**
     * Asks a server for its descriptors, by {@code grpc.reflection.v1}, or else {@code v1alpha}. Never blocks. Files that the
     * server does not have are left out, so that {@link TranscoderBuilder#build} reports who needs them.
     *
     * @param source the name of the server in the problems that are reported
     * @param timeout for all of it, 1 millisecond or more
     * @return fails with a {@link io.tollgate.api.GatewayException} if the server is unreachable, offers no reflection, or sends
     *     more than 64 MiB; completes on a thread of {@link java.util.concurrent.CompletableFuture#defaultExecutor}, where the files are read
     */
    public static CompletionStage<ServiceDescriptors> reflect(String source, Channel channel, Duration timeout) {
        return Reflection.load(requireNonNull(source, "source"), requireNonNull(channel, "channel"), timeout);
    }

    /** Returns the name of the set in problems: the path of its file, or the name that was given. */
    public String source() {
        return source;
    }

    /** Returns the files by their names, each after those that it imports if the set has them in that order. */
    Map<String, FileDescriptorProto> files() {
        return files;
    }

    /** Returns the comments of files by the names of these. */
    Map<String, Comments> comments() {
        return comments;
    }

    /** Returns whether two sets have the same files: a set that did not change need not be loaded again. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ServiceDescriptors descriptors
                && files.equals(descriptors.files)
                && comments.equals(descriptors.comments);
    }

    @Override
    public int hashCode() {
        return files.hashCode();
    }

    /** Returns the source and the number of files. */
    @Override
    public String toString() {
        return "ServiceDescriptors[" + source + ", " + files.size() + " files]";
    }
}
