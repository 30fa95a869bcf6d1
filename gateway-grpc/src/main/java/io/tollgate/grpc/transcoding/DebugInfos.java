package io.tollgate.grpc.transcoding;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.DebugInfo;
import io.tollgate.grpc.transcoding.json.Codecs;
import java.util.List;

/** Finds {@code google.rpc.DebugInfo}, stack traces which no client may see, in the details of a status. */
final class DebugInfos {
    private static final String NAME = DebugInfo.getDescriptor().getFullName();

    private DebugInfos() {}

    /**
     * Returns whether a detail is one, or has one in a field or in an {@code Any} at any depth.
     *
     * @param detail that a codec has written, and so not nested deeper than codecs allow
     */
    static boolean isWithin(Any detail, Codecs codecs) throws InvalidProtocolBufferException {
        return isPacked(detail.getTypeUrl(), detail.getValue(), codecs);
    }

    private static boolean isPacked(String url, ByteString value, Codecs codecs) throws InvalidProtocolBufferException {
        String name = url.substring(url.lastIndexOf('/') + 1);
        Descriptor type = codecs.type(name);
        return name.equals(NAME) || (type != null && isWithin(DynamicMessage.parseFrom(type, value), codecs));
    }

    private static boolean isWithin(Message message, Codecs codecs) throws InvalidProtocolBufferException {
        Descriptor type = message.getDescriptorForType();
        if (type.getFullName().equals(NAME)) {
            return true;
        }
        if (type.getFullName().equals(Any.getDescriptor().getFullName())) {
            Any any = Any.parseFrom(message.toByteString());
            return isPacked(any.getTypeUrl(), any.getValue(), codecs);
        }
        for (Object value : message.getAllFields().values()) {
            for (Object each : value instanceof List<?> list ? list : List.of(value)) {
                if (each instanceof Message inner && isWithin(inner, codecs)) {
                    return true;
                }
            }
        }
        return false;
    }
}
