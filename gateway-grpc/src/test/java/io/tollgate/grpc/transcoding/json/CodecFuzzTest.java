package io.tollgate.grpc.transcoding.json;

import static io.tollgate.grpc.transcoding.json.TestCodecs.CODECS;
import static io.tollgate.grpc.transcoding.json.TestCodecs.PARSER;
import static io.tollgate.grpc.transcoding.json.TestCodecs.read;
import static io.tollgate.grpc.transcoding.json.TestCodecs.write;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.grpc.transcoding.codec.Edition;
import io.tollgate.grpc.transcoding.codec.Everything;
import io.tollgate.grpc.transcoding.codec.Legacy;
import java.util.List;

/** Bodies and messages of any bytes. */
class CodecFuzzTest {
    private static final List<Message> TYPES =
            List.of(Everything.getDefaultInstance(), Legacy.getDefaultInstance(), Edition.getDefaultInstance());

    /** Written for every number of that enum, and read as its only one, which is not written. */
    private static final String OTHER_NULL = "\"nullValue\":null";

    /** What is read is a message for the service, and is read again from what it is written as. */
    @FuzzTest
    void aBodyIsReadOrRejected(byte[] body) throws InvalidProtocolBufferException {
        for (Message type : TYPES) {
            byte[] message;
            try {
                message = read(type.getDescriptorForType(), body);
            } catch (GatewayException e) {
                assertThat(e.code()).isIn(CommonError.INVALID_JSON, CommonError.INVALID_ARGUMENT);
                assertThat(e.violations()).hasSizeLessThanOrEqualTo(50).allSatisfy(violation -> {
                    assertThat(violation.message()).hasSizeLessThan(200).doesNotContain("\n");
                    assertThat(violation.field()).hasSizeLessThan(200 * 101);
                });
                assertThat(e.violations().isEmpty()).isEqualTo(e.code() == CommonError.INVALID_JSON);
                continue;
            }
            type.getParserForType().parseFrom(message, TestCodecs.EXTENSIONS);
            String json = write(type.getDescriptorForType(), message);
            assertThat(write(type.getDescriptorForType(), read(type.getDescriptorForType(), json.getBytes(UTF_8))))
                    .isEqualTo(json);
        }
    }

    /** What is written is JSON of the message's type. */
    @FuzzTest
    void aMessageIsWrittenOrRejected(byte[] message) throws InvalidProtocolBufferException {
        String json;
        try {
            json = write(Everything.getDescriptor(), message);
        } catch (UnusableMessageException e) {
            assertThat(e.getMessage()).isNotBlank();
            return;
        }
        Everything.Builder parsed = Everything.newBuilder();
        PARSER.merge(json, parsed);
        if (!json.contains(OTHER_NULL)) {
            assertThat(write(Everything.getDescriptor(), read(Everything.getDescriptor(), json.getBytes(UTF_8))))
                    .isEqualTo(json);
        }
    }

    /** The text of a parameter fits a field or is a violation. */
    @FuzzTest
    void aTextIsSetOrRejected(byte[] bytes) throws InvalidProtocolBufferException {
        String text = new String(bytes, UTF_8);
        for (var field : Everything.getDescriptor().getFields()) {
            FieldPath path = FieldPath.of(Everything.getDescriptor(), field.getName());
            if (!path.readsText()) {
                continue;
            }
            RequestMessage request = CODECS.of(Everything.getDescriptor())
                    .request(FixedFields.builder(Everything.getDescriptor()).build());
            boolean fits = request.setIdentity(path, text);
            Everything message = Everything.parseFrom(request.toByteArray());
            assertThat(message.getAllFields().keySet()).allMatch(set -> fits && set.equals(field));
        }
    }
}
