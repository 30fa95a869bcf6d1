package io.tollgate.grpc.transcoding;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks the messages that stand for the entries of maps, which {@code protoc} generates and the library of protobuf takes as they
 * are: one without a value, or whose value is itself, would make the codecs fail.
 */
final class MapEntries {
    private MapEntries() {}

    /** Returns the first entry that is none, also in nested messages; null if all are in order. */
    static @Nullable Descriptor malformed(List<Descriptor> messages) {
        for (Descriptor message : messages) {
            if (isEntry(message) && !isWellFormed(message)) {
                return message;
            }
            Descriptor nested = malformed(message.getNestedTypes());
            if (nested != null) {
                return nested;
            }
        }
        return null;
    }

    /** Returns what is wrong with an entry. */
    static String fault(Descriptor entry) {
        return "message " + entry.getFullName()
                + " is no entry of a map (expected: two fields that are neither repeated"
                + " nor required, key = 1 of an integer, a boolean or a string, and value = 2 of anything but an entry)";
    }

    private static boolean isEntry(Descriptor message) {
        return message.getOptions().getMapEntry();
    }

    private static boolean isWellFormed(Descriptor entry) {
        FieldDescriptor key = entry.findFieldByNumber(1);
        FieldDescriptor value = entry.findFieldByNumber(2);
        return entry.getFields().size() == 2
                && key != null
                && value != null
                && isSingular(key)
                && isSingular(value)
                && isKey(key.getJavaType())
                && value.getType() != FieldDescriptor.Type.GROUP
                && (value.getType() != FieldDescriptor.Type.MESSAGE || !isEntry(value.getMessageType()));
    }

    private static boolean isSingular(FieldDescriptor field) {
        return !field.isRepeated() && !field.isRequired() && field.getRealContainingOneof() == null;
    }

    private static boolean isKey(FieldDescriptor.JavaType type) {
        return switch (type) {
            case INT, LONG, BOOLEAN, STRING -> true;
            default -> false;
        };
    }
}
