package io.tollgate.grpc.transcoding.json;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.List;
import java.util.Map;

/** The form that messages of a type have in JSON. */
enum Shape {
    /** An object with a property for each field. */
    MESSAGE,
    ANY,
    TIMESTAMP,
    DURATION,
    FIELD_MASK,
    STRUCT,
    VALUE,
    LIST_VALUE,
    /** The value of the only field. */
    WRAPPER;

    private static final Map<String, Shape> SHAPES = Map.ofEntries(
            Map.entry("Any", ANY),
            Map.entry("Timestamp", TIMESTAMP),
            Map.entry("Duration", DURATION),
            Map.entry("FieldMask", FIELD_MASK),
            Map.entry("Struct", STRUCT),
            Map.entry("Value", VALUE),
            Map.entry("ListValue", LIST_VALUE),
            Map.entry("DoubleValue", WRAPPER),
            Map.entry("FloatValue", WRAPPER),
            Map.entry("Int64Value", WRAPPER),
            Map.entry("UInt64Value", WRAPPER),
            Map.entry("Int32Value", WRAPPER),
            Map.entry("UInt32Value", WRAPPER),
            Map.entry("BoolValue", WRAPPER),
            Map.entry("StringValue", WRAPPER),
            Map.entry("BytesValue", WRAPPER));

    /** The fields that the codecs write and read by number. Another type of a well-known name is an ordinary message. */
    private static final Map<Shape, List<FieldDescriptor.JavaType>> FIELDS = Map.of(
            ANY, List.of(FieldDescriptor.JavaType.STRING, FieldDescriptor.JavaType.BYTE_STRING),
            TIMESTAMP, List.of(FieldDescriptor.JavaType.LONG, FieldDescriptor.JavaType.INT),
            DURATION, List.of(FieldDescriptor.JavaType.LONG, FieldDescriptor.JavaType.INT),
            FIELD_MASK, List.of(FieldDescriptor.JavaType.STRING),
            STRUCT, List.of(FieldDescriptor.JavaType.MESSAGE),
            LIST_VALUE, List.of(FieldDescriptor.JavaType.MESSAGE),
            VALUE,
                    List.of(
                            FieldDescriptor.JavaType.ENUM,
                            FieldDescriptor.JavaType.DOUBLE,
                            FieldDescriptor.JavaType.STRING,
                            FieldDescriptor.JavaType.BOOLEAN,
                            FieldDescriptor.JavaType.MESSAGE,
                            FieldDescriptor.JavaType.MESSAGE));

    static Shape of(Descriptor type) {
        Shape shape = type.getFile().getPackage().equals("google.protobuf") && type.getContainingType() == null
                ? SHAPES.getOrDefault(type.getName(), MESSAGE)
                : MESSAGE;
        if (shape == MESSAGE) {
            return MESSAGE;
        }
        List<FieldDescriptor> fields = type.getFields();
        if (shape == WRAPPER) {
            boolean wraps = fields.size() == 1
                    && fields.get(0).getNumber() == 1
                    && !fields.get(0).isRepeated()
                    && fields.get(0).getJavaType() != FieldDescriptor.JavaType.MESSAGE;
            return wraps ? WRAPPER : MESSAGE;
        }
        List<FieldDescriptor.JavaType> expected = FIELDS.get(shape);
        for (int i = 0; i < expected.size(); i++) {
            FieldDescriptor field = type.findFieldByNumber(i + 1);
            if (field == null || field.getJavaType() != expected.get(i)) {
                return MESSAGE;
            }
        }
        return shape;
    }

    /** Returns whether the form is one scalar, which a text can stand for. */
    boolean isScalar() {
        return this == TIMESTAMP || this == DURATION || this == FIELD_MASK || this == WRAPPER;
    }
}
