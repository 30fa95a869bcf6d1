package io.tollgate.grpc.transcoding;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The comments of one file, compressed: they are most of a set, and are needed when someone reads the description of an API. What a
 * person would read is kept, without the places of all that is declared.
 *
 * @param compressed a {@code SourceCodeInfo}
 */
record Comments(ByteString compressed) {
    // Numbers of fields in descriptor.proto, of which paths consist.
    private static final int MESSAGES = 4;
    private static final int ENUMS = 5;
    private static final int SERVICES = 6;
    private static final int NESTED_MESSAGES = 3;
    private static final int NESTED_ENUMS = 4;
    private static final int MEMBERS = 2;

    private static final int MAX_LENGTH = 8_000;

    /** Returns the comments of a file; empty if it has none. */
    static Optional<Comments> of(SourceCodeInfo info) {
        SourceCodeInfo.Builder kept = SourceCodeInfo.newBuilder();
        for (Location location : info.getLocationList()) {
            String text = location.getLeadingComments().isBlank()
                    ? location.getTrailingComments()
                    : location.getLeadingComments();
            if (!text.isBlank() && location.getPathCount() > 1 && location.getPathCount() % 2 == 0) {
                kept.addLocation(Location.newBuilder()
                        .addAllPath(location.getPathList())
                        .setLeadingComments(text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text));
            }
        }
        return kept.getLocationCount() == 0 ? Optional.empty() : Optional.of(new Comments(compress(kept.build())));
    }

    private static ByteString compress(SourceCodeInfo info) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater fast = new Deflater(Deflater.BEST_SPEED);
        try (OutputStream out = new DeflaterOutputStream(bytes, fast)) {
            info.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory has none
        } finally {
            fast.end();
        }
        return ByteString.copyFrom(bytes.toByteArray());
    }

    /** Returns the comments by the paths of what they are about, as {@code SourceCodeInfo} has them. */
    Map<List<Integer>, String> read() {
        Map<List<Integer>, String> texts = new HashMap<>();
        try (InputStream in = new InflaterInputStream(compressed.newInput())) {
            for (Location location : SourceCodeInfo.parseFrom(in).getLocationList()) {
                texts.putIfAbsent(List.copyOf(location.getPathList()), location.getLeadingComments());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // this class has written it
        }
        return texts;
    }

    /** Returns the path of a declaration within its file. */
    static List<Integer> path(GenericDescriptor declared) {
        Deque<Integer> path = new ArrayDeque<>();
        GenericDescriptor at = declared;
        if (at instanceof FieldDescriptor field) {
            if (field.isExtension()) {
                return List.of();
            }
            prepend(path, MEMBERS, field.getIndex());
            at = field.getContainingType();
        } else if (at instanceof MethodDescriptor method) {
            prepend(path, MEMBERS, method.getIndex());
            at = method.getService();
        } else if (at instanceof EnumValueDescriptor value) {
            prepend(path, MEMBERS, value.getIndex());
            at = value.getType();
        }
        if (at instanceof ServiceDescriptor service) {
            prepend(path, SERVICES, service.getIndex());
        } else if (at instanceof EnumDescriptor type) {
            Descriptor parent = type.getContainingType();
            prepend(path, parent == null ? ENUMS : NESTED_ENUMS, type.getIndex());
            prependMessages(path, parent);
        } else if (at instanceof Descriptor type) {
            prependMessages(path, type);
        }
        return List.copyOf(path);
    }

    private static void prependMessages(Deque<Integer> path, @Nullable Descriptor innermost) {
        Descriptor type = innermost;
        while (type != null) {
            Descriptor parent = type.getContainingType();
            prepend(path, parent == null ? MESSAGES : NESTED_MESSAGES, type.getIndex());
            type = parent;
        }
    }

    private static void prepend(Deque<Integer> path, int field, int index) {
        path.addFirst(index);
        path.addFirst(field);
    }
}
