package io.tollgate.grpc.transcoding.json;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fixed fields of one message, and of the messages in it. */
final class FixedNode {
    private final Map<FieldDescriptor, FixedNode> children = new LinkedHashMap<>();
    private boolean leaf;
    private boolean bound;

    void add(List<FieldDescriptor> path, boolean byPath) {
        bound |= byPath;
        if (path.isEmpty()) {
            leaf = true;
        } else {
            children.computeIfAbsent(path.get(0), field -> new FixedNode()).add(path.subList(1, path.size()), byPath);
        }
    }

    boolean isEmpty() {
        return children.isEmpty();
    }

    /** Returns whether the whole field is fixed. */
    boolean isLeaf(FieldDescriptor field) {
        FixedNode child = children.get(field);
        return child != null && child.leaf;
    }

    /** Returns whether the field or a part of it is fixed. */
    boolean contains(FieldDescriptor field) {
        return children.containsKey(field);
    }

    /** Returns whether the path sets the field or a part of it. */
    boolean binds(FieldDescriptor field) {
        FixedNode child = children.get(field);
        return child != null && child.bound;
    }

    /** Returns the fixed fields within a field, or null. */
    @Nullable
    FixedNode child(FieldDescriptor field) {
        return children.get(field);
    }

    /** Marks the oneofs that the path sets. */
    void markOneofs(FieldFlags flags) {
        children.forEach((field, child) -> {
            OneofDescriptor oneof = field.getRealContainingOneof();
            if (child.bound && oneof != null) {
                flags.seeOneof(oneof.getIndex());
            }
        });
    }
}
