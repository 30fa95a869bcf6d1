package io.tollgate.grpc.transcoding;

import com.google.api.FieldBehavior;
import com.google.api.FieldBehaviorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Makes JSON schemas of messages and enums, as ProtoJSON writes them. For one document; not thread-safe. */
final class OpenApiSchemas {
    private static final String REFERENCE = "#/components/schemas/";

    /** The forms of types that are not objects with a property for each field. */
    private static final Map<String, Map<String, Object>> WELL_KNOWN = Map.ofEntries(
            Map.entry("Timestamp", Map.of("type", "string", "format", "date-time")),
            Map.entry("Duration", Map.of("type", "string", "pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$")),
            Map.entry("FieldMask", Map.of("type", "string", "description", "Paths of fields, separated by commas.")),
            Map.entry("Struct", Map.of("type", "object")),
            Map.entry("Value", Map.of("description", "Any JSON value.")),
            Map.entry("ListValue", Map.of("type", "array", "items", Map.of())),
            Map.entry("Empty", Map.of("type", "object")),
            Map.entry(
                    "Any",
                    Map.of(
                            "type",
                            "object",
                            "properties",
                            Map.of("@type", Map.of("type", "string")),
                            "required",
                            List.of("@type"))),
            Map.entry("NullValue", Map.of("type", "null")),
            Map.entry("DoubleValue", Map.of("type", "number", "format", "double")),
            Map.entry("FloatValue", Map.of("type", "number", "format", "float")),
            Map.entry("Int64Value", Map.of("type", "string", "format", "int64")),
            Map.entry("UInt64Value", Map.of("type", "string", "format", "uint64")),
            Map.entry("Int32Value", Map.of("type", "integer", "format", "int32")),
            Map.entry("UInt32Value", Map.of("type", "integer", "format", "uint32", "minimum", 0)),
            Map.entry("BoolValue", Map.of("type", "boolean")),
            Map.entry("StringValue", Map.of("type", "string")),
            Map.entry("BytesValue", Map.of("type", "string", "contentEncoding", "base64")));

    private final Map<String, Map<String, Object>> schemas = new TreeMap<>();
    private final Deque<Runnable> missing = new ArrayDeque<>();
    private final Map<Comments, Map<List<Integer>, String>> texts = new HashMap<>();

    /** The origin of names and comments: the set that has a binding. */
    record Source(ServiceDescriptors set, boolean protoNames) {}

    /** Returns all schemas that were referred to. */
    Map<String, Map<String, Object>> finish() {
        for (Runnable next = missing.poll(); next != null; next = missing.poll()) {
            next.run();
        }
        return schemas;
    }

    /** Returns the schema of errors. */
    static Map<String, Object> error() {
        Map<String, Object> text = Map.of("type", "string");
        return Map.of(
                "type",
                "object",
                "properties",
                Map.of("error", text, "code", text, "message", text, "details", Map.of("type", "object")),
                "required",
                List.of("error", "code", "message"));
    }

    static Map<String, Object> reference(String name) {
        return Map.of("$ref", REFERENCE + name);
    }

    /** Returns the comment of what is declared; empty if it has none. */
    String comment(Source source, GenericDescriptor declared) {
        Comments comments = source.set().comments().get(declared.getFile().getName());
        return comments == null
                ? ""
                : texts.computeIfAbsent(comments, Comments::read)
                        .getOrDefault(Comments.path(declared), "")
                        .strip();
    }

    /** Returns the schema of a field's values, with its comment. */
    Map<String, Object> field(Source source, FieldDescriptor field) {
        Map<String, Object> schema = new LinkedHashMap<>();
        if (field.isMapField()) {
            schema.put("type", "object");
            schema.put(
                    "additionalProperties",
                    single(source, field.getMessageType().findFieldByNumber(2)));
        } else if (field.isRepeated()) {
            schema.put("type", "array");
            schema.put("items", single(source, field));
        } else {
            schema.putAll(single(source, field));
        }
        String comment = comment(source, field);
        if (!comment.isEmpty()) {
            schema.put("description", comment);
        }
        List<FieldBehavior> behavior = field.getOptions().getExtension(FieldBehaviorProto.fieldBehavior);
        if (behavior.contains(FieldBehavior.OUTPUT_ONLY)) {
            schema.put("readOnly", true);
        }
        if (behavior.contains(FieldBehavior.INPUT_ONLY)) {
            schema.put("writeOnly", true);
        }
        if (field.getOptions().getDeprecated()) {
            schema.put("deprecated", true);
        }
        return schema;
    }

    static boolean isRequired(FieldDescriptor field) {
        return field.isRequired()
                || field.getOptions()
                        .getExtension(FieldBehaviorProto.fieldBehavior)
                        .contains(FieldBehavior.REQUIRED);
    }

    private Map<String, Object> single(Source source, FieldDescriptor field) {
        return switch (field.getType()) {
            case DOUBLE -> Map.of("type", "number", "format", "double");
            case FLOAT -> Map.of("type", "number", "format", "float");
            case INT32, SINT32, SFIXED32 -> Map.of("type", "integer", "format", "int32");
            case UINT32, FIXED32 -> Map.of("type", "integer", "format", "uint32", "minimum", 0);
            case INT64, SINT64, SFIXED64 -> Map.of("type", "string", "format", "int64");
            case UINT64, FIXED64 -> Map.of("type", "string", "format", "uint64");
            case BOOL -> Map.of("type", "boolean");
            case STRING -> Map.of("type", "string");
            case BYTES -> Map.of("type", "string", "contentEncoding", "base64");
            case ENUM -> ofEnum(source, field.getEnumType());
            case MESSAGE, GROUP -> message(source, field.getMessageType());
        };
    }

    /** Returns the schema of a message, or a reference to it. */
    Map<String, Object> message(Source source, Descriptor type) {
        Map<String, Object> known = wellKnown(type);
        if (known != null) {
            return known;
        }
        String name = name(type);
        if (!schemas.containsKey(name)) {
            Map<String, Object> schema = new LinkedHashMap<>();
            schemas.put(name, schema);
            // Later, since messages may be nested without end.
            missing.add(() -> schema.putAll(object(source, type, field -> true)));
        }
        return reference(name);
    }

    /** Returns the schema of a message with some of its fields. */
    Map<String, Object> object(Source source, Descriptor type, Predicate<FieldDescriptor> included) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        String comment = comment(source, type);
        if (!comment.isEmpty()) {
            schema.put("description", comment);
        }
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (FieldDescriptor field : type.getFields()) {
            if (included.test(field)) {
                properties.put(name(source, field), field(source, field));
                if (isRequired(field)) {
                    required.add(name(source, field));
                }
            }
        }
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        return schema;
    }

    private Map<String, Object> ofEnum(Source source, EnumDescriptor type) {
        Map<String, Object> known = wellKnown(type);
        if (known != null) {
            return known;
        }
        String name = name(type);
        if (!schemas.containsKey(name)) {
            Map<String, Object> schema = new LinkedHashMap<>();
            schemas.put(name, schema);
            StringBuilder text = new StringBuilder(comment(source, type));
            List<String> names = new ArrayList<>();
            type.getValues().forEach(value -> {
                names.add(value.getName());
                String comment = comment(source, value);
                if (!comment.isEmpty()) {
                    text.append(text.isEmpty() ? "" : "\n")
                            .append("- `")
                            .append(value.getName())
                            .append("`: ");
                    text.append(comment.replace('\n', ' '));
                }
            });
            schema.put("type", "string");
            schema.put("enum", names);
            if (!text.isEmpty()) {
                schema.put("description", text.toString());
            }
        }
        return reference(name);
    }

    /** Returns the schema of a type that is not described by its fields; null for all others. */
    static @Nullable Map<String, Object> wellKnown(GenericDescriptor type) {
        return type.getFullName().equals("google.protobuf." + type.getName()) ? WELL_KNOWN.get(type.getName()) : null;
    }

    /** Returns the name of a property. */
    static String name(Source source, FieldDescriptor field) {
        return source.protoNames() ? field.getName() : field.getJsonName();
    }

    /** Returns the name of a type, which is never that of a schema of the server's own. */
    private static String name(GenericDescriptor type) {
        return type.getFullName().indexOf('.') < 0 ? "proto." + type.getFullName() : type.getFullName();
    }
}
