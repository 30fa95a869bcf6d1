package io.tollgate.grpc.transcoding;

import com.google.api.AnnotationsProto;
import com.google.api.FieldBehaviorProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a {@code FileDescriptorSet} file by file, so that the comments of one, most of its size, are compressed before the next
 * comes.
 */
final class DescriptorSetReader {
    private static final ExtensionRegistry EXTENSIONS = ExtensionRegistry.newInstance();
    private static final int FILE_TAG = FileDescriptorSet.FILE_FIELD_NUMBER << 3 | 2;
    private static final String EXPECTED =
            "(expected: a FileDescriptorSet, which protoc --include_imports --descriptor_set_out or buf build writes)";

    static {
        AnnotationsProto.registerAllExtensions(EXTENSIONS);
        FieldBehaviorProto.registerAllExtensions(EXTENSIONS);
    }

    private final String source;
    private final Map<String, FileDescriptorProto> files = new LinkedHashMap<>();
    private final CompactFiles compact = new CompactFiles();
    private final Map<String, Comments> comments = new HashMap<>();
    private final List<TranscodingProblem> problems = new ArrayList<>();

    DescriptorSetReader(String source) {
        this.source = source;
    }

    static ServiceDescriptors read(String source, InputStream in) throws IOException {
        DescriptorSetReader reader = new DescriptorSetReader(source);
        try {
            reader.readAll(CodedInputStream.newInstance(in));
        } catch (InvalidProtocolBufferException e) {
            if (e.getCause() instanceof IOException unreadable) {
                throw unreadable;
            }
            throw new InvalidTranscodingException(
                    TranscodingProblem.of(source, "is malformed: " + e.getMessage() + " " + EXPECTED), e);
        }
        return reader.finish();
    }

    private void readAll(CodedInputStream in) throws IOException {
        in.setSizeLimit(Integer.MAX_VALUE);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag != FILE_TAG) {
                throw new InvalidProtocolBufferException("field " + (tag >>> 3) + " is unknown");
            }
            FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder();
            in.readMessage(file, EXTENSIONS);
            add(file);
        }
    }

    /** Adds a file in its serialized form, and returns it. */
    FileDescriptorProto add(byte[] file) throws InvalidProtocolBufferException {
        return add(FileDescriptorProto.newBuilder().mergeFrom(file, EXTENSIONS));
    }

    private FileDescriptorProto add(FileDescriptorProto.Builder builder) {
        Optional<Comments> text = Comments.of(builder.getSourceCodeInfo());
        FileDescriptorProto file = compact.of(builder);
        if (file.getName().isEmpty()) {
            problems.add(TranscodingProblem.of(source, "has a file without a name " + EXPECTED));
            return file;
        }
        text.ifPresent(found -> comments.putIfAbsent(file.getName(), found));
        FileDescriptorProto before = files.putIfAbsent(file.getName(), file);
        if (before != null && !before.equals(file)) {
            problems.add(TranscodingProblem.ofFile(
                    source, file.getName(), "is in the set twice, with different content (expected: once)"));
        }
        return file;
    }

    boolean has(String file) {
        return files.containsKey(file);
    }

    Iterable<FileDescriptorProto> files() {
        return files.values();
    }

    ServiceDescriptors finish() {
        if (files.isEmpty() && problems.isEmpty()) {
            problems.add(TranscodingProblem.of(source, "is empty " + EXPECTED));
        }
        if (!problems.isEmpty()) {
            throw new InvalidTranscodingException(problems);
        }
        return new ServiceDescriptors(source, files, comments);
    }
}
