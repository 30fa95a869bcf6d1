package io.tollgate.grpc.transcoding.json;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.Descriptors.Descriptor;
import io.tollgate.grpc.transcoding.codec.Everything;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldPathTest {
    private static final Descriptor TYPE = Everything.getDescriptor();

    private static FieldPath path(String path) {
        return requireNonNull(FieldPath.find(TYPE, path), path);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        child.stringValue    | field path child.stringValue: tollgate.codec.v1.Everything has no field stringValue
        nope                 | field path nope: tollgate.codec.v1.Everything has no field nope
        child.nope           | field path child.nope: tollgate.codec.v1.Everything has no field nope
        child_list.color     | field path child_list.color: child_list is repeated, which only the last part may be
        string_map.key       | field path string_map.key: string_map is repeated, which only the last part may be
        int32_value.x        | field path int32_value.x: int32_value has no fields in JSON
        timestamp.seconds    | field path timestamp.seconds: timestamp has no fields in JSON
        value.string_value   | field path value.string_value: value has no fields in JSON
        child.               | field path child.: tollgate.codec.v1.Everything has no field\s
        """)
    void saysWhyAPathIsNone(String path, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FieldPath.of(TYPE, path))
                .withMessageStartingWith(message);
    }

    @Test
    void knowsWhichFieldsReadText() {
        for (String field : List.of(
                "int32_value",
                "color",
                "bytes_value",
                "timestamp",
                "duration",
                "field_mask",
                "bool_wrapper",
                "int32_list",
                "null_value",
                "timestamp_list",
                "child.double_value")) {
            assertThat(path(field).readsText()).as(field).isTrue();
        }
        for (String field : List.of(
                "child",
                "any",
                "struct",
                "value",
                "list_value",
                "empty",
                "child_list",
                "string_map",
                "timestamp_map")) {
            assertThat(path(field).readsText()).as(field).isFalse();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TestCodecs.CODECS
                            .of(TYPE)
                            .request(FixedFields.builder(TYPE).build())
                            .set(path(field), "x"));
        }
    }

    @Test
    void findsWhatAClientNamesByEitherName() {
        for (String name : List.of("child.string_value", "child.stringValue")) {
            assertThat(FieldPath.find(TYPE, name)).isEqualTo(FieldPath.of(TYPE, "child.string_value"));
        }
        assertThat(FieldPath.find(TYPE, "child.nope")).isNull();
    }

    @Test
    void isOnePathByBothNames() {
        assertThat(path("child.stringValue"))
                .isEqualTo(path("child.string_value"))
                .hasSameHashCodeAs(path("child.string_value"))
                .hasToString("child.stringValue")
                .isNotEqualTo(path("string_value"));
    }

    @Test
    void containsWhatIsWithinAFixedField() {
        FixedFields fixed = FixedFields.builder(TYPE)
                .discarded(path("child"))
                .bound(path("chosen_child.color"))
                .build();

        assertThat(fixed.contains(path("child"))).isTrue();
        assertThat(fixed.contains(path("child.color"))).isTrue();
        assertThat(fixed.contains(path("chosen_child.color"))).isTrue();
        assertThat(fixed.contains(path("chosen_child"))).isFalse();
        assertThat(fixed.contains(path("chosen_child.bool_value"))).isFalse();
        assertThat(fixed.contains(path("color"))).isFalse();
    }
}
