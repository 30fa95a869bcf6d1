package io.tollgate.grpc.transcoding.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.api.FieldViolation;
import io.tollgate.api.GatewayException;
import io.tollgate.grpc.transcoding.codec.Edition;
import io.tollgate.grpc.transcoding.codec.Everything;
import io.tollgate.grpc.transcoding.codec.Legacy;
import io.tollgate.grpc.transcoding.codec.LegacyOuterClass;
import java.util.List;

/** The codecs of the test messages, and what they are compared with. */
final class TestCodecs {
    static final Codecs CODECS = with(JsonOptions.DEFAULTS);

    static final TypeRegistry TYPES = TypeRegistry.newBuilder()
            .add(Everything.getDescriptor())
            .add(Legacy.getDescriptor())
            .add(Edition.getDescriptor())
            .build();

    static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().usingTypeRegistry(TYPES).omittingInsignificantWhitespace();
    static final JsonFormat.Parser PARSER = JsonFormat.parser().usingTypeRegistry(TYPES);

    static final ExtensionRegistry EXTENSIONS = ExtensionRegistry.newInstance();

    static {
        LegacyOuterClass.registerAllExtensions(EXTENSIONS);
    }

    private TestCodecs() {}

    static Codecs with(JsonOptions options) {
        return Codecs.of(
                List.of(
                        Everything.getDescriptor().getFile(),
                        Legacy.getDescriptor().getFile(),
                        Edition.getDescriptor().getFile()),
                options);
    }

    static String write(Message message) {
        return write(message.getDescriptorForType(), message.toByteArray());
    }

    static String write(Descriptor type, byte[] message) {
        JsonOutput output = new JsonOutput(16);
        CODECS.of(type).write(message, output);
        return new String(output.toByteArray(), UTF_8);
    }

    static byte[] read(Descriptor type, byte[] json) {
        RequestMessage request =
                CODECS.of(type).request(FixedFields.builder(type).build());
        request.readBody(json);
        return request.toByteArray();
    }

    @SuppressWarnings("unchecked") // Of a message's own builder.
    static <T extends Message> T read(T type, String json) {
        byte[] bytes = read(type.getDescriptorForType(), json.getBytes(UTF_8));
        try {
            return (T) type.newBuilderForType().mergeFrom(bytes, EXTENSIONS).build();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(json, e);
        }
    }

    static Everything everything(String json) {
        return read(Everything.getDefaultInstance(), json);
    }

    /** Returns the violations of a body of {@link Everything}, each as {@code field CODE}; for malformed JSON its code. */
    static List<String> violations(String json) {
        return violations(Everything.getDescriptor(), json.getBytes(UTF_8));
    }

    static List<String> violations(Descriptor type, byte[] json) {
        try {
            read(type, json);
            return List.of();
        } catch (GatewayException e) {
            List<FieldViolation> violations = e.violations();
            return violations.isEmpty()
                    ? List.of(e.code().name())
                    : violations.stream()
                            .map(violation -> violation.field() + ' ' + violation.code())
                            .toList();
        }
    }
}
