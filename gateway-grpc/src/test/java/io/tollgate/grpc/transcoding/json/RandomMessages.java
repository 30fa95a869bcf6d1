package io.tollgate.grpc.transcoding.json;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Int64Value;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import io.tollgate.grpc.transcoding.codec.Everything;
import io.tollgate.grpc.transcoding.codec.Legacy;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Messages with random content in every kind of field, often at the borders of its range. */
final class RandomMessages {
    private static final List<String> WORDS = List.of(
            "",
            "a",
            "plain text of more than sixteen bytes",
            "\"quoted\\\"",
            "\n\t\r\b\f\u0000\u001f\u007f",
            "Grüße",
            "谷歌",
            "😁\u2028",
            "<&='>",
            "/");
    private static final long[] LONGS = {
        0,
        1,
        -1,
        9,
        10,
        99,
        100,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 31,
        1L << 32,
        (1L << 32) - 1,
        1L << 53,
        (1L << 53) + 1,
        999_999_999_999_999_999L,
        1_000_000_000_000_000_000L,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };
    /** Without -0.0, of which JsonFormat loses the sign when it reads. */
    private static final double[] DOUBLES = {
        0,
        1,
        -1,
        0.1,
        1.5,
        12.34,
        99.999,
        1e-3,
        9.999e-4,
        1e7,
        9_999_999.5,
        1e10,
        1e22,
        9.999999999999999e22,
        123456789.12345679,
        Double.MAX_VALUE,
        -Double.MAX_VALUE,
        Double.MIN_VALUE,
        Double.MIN_NORMAL,
        Float.MAX_VALUE,
        Float.MIN_VALUE,
        1L << 53
    };

    private static final double[] SPECIALS = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};

    private final Random random;
    private final boolean anys;

    RandomMessages(long seed) {
        this(seed, true);
    }

    private RandomMessages(long seed, boolean anys) {
        random = new Random(seed);
        this.anys = anys;
    }

    /** Leaves each {@code Any} empty: of two that are merged, one's type would come with the other's bytes. */
    static RandomMessages withoutAny(long seed) {
        return new RandomMessages(seed, false);
    }

    <T extends Message> T message(T type, int depth) {
        @SuppressWarnings("unchecked") // Of the type's own builder.
        T message = (T) fill(type.newBuilderForType(), depth).build();
        return message;
    }

    private Message.Builder fill(Message.Builder builder, int depth) {
        Descriptor type = builder.getDescriptorForType();
        if (wellKnown(builder, depth)) {
            return builder;
        }
        int share = 1 + random.nextInt(12);
        for (FieldDescriptor field : type.getFields()) {
            boolean message = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
            boolean tooDeep = message && depth == 0 && !field.isMapField();
            if (!field.isRequired() && (random.nextInt(12) >= share || tooDeep)) {
                continue;
            }
            if (field.isMapField()) {
                Set<Object> keys = new HashSet<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    entry(builder, field, depth, keys);
                }
            } else if (field.isRepeated()) {
                for (int i = random.nextInt(4); i > 0; i--) {
                    builder.addRepeatedField(field, value(builder, field, depth));
                }
            } else {
                builder.setField(field, value(builder, field, depth));
            }
        }
        return builder;
    }

    private void entry(Message.Builder builder, FieldDescriptor field, int depth, Set<Object> keys) {
        FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
        if (value.getJavaType() == FieldDescriptor.JavaType.MESSAGE && depth == 0) {
            return;
        }
        Message.Builder entry = builder.newBuilderForField(field);
        FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
        Object name = value(entry, key, depth);
        if (!keys.add(name)) {
            return;
        }
        entry.setField(key, name);
        entry.setField(value, value(entry, value, depth));
        builder.addRepeatedField(field, entry.build());
    }

    private Object value(Message.Builder builder, FieldDescriptor field, int depth) {
        return switch (field.getJavaType()) {
            case INT -> (int) integer();
            case LONG -> integer();
            case FLOAT -> (float) floating(true);
            case DOUBLE -> floating(true);
            case BOOLEAN -> random.nextBoolean();
            case STRING -> string();
            case BYTE_STRING -> bytes();
            case ENUM -> enumeration(field.getEnumType());
            case MESSAGE -> fill(builder.newBuilderForField(field), depth - 1).build();
        };
    }

    private long integer() {
        return switch (random.nextInt(3)) {
            case 0 -> LONGS[random.nextInt(LONGS.length)];
            case 1 -> random.nextInt(2_000) - 1_000;
            default -> random.nextLong() >> random.nextInt(64);
        };
    }

    private double floating(boolean special) {
        return switch (random.nextInt(special ? 5 : 4)) {
            case 0 -> DOUBLES[random.nextInt(DOUBLES.length)];
            case 1 -> random.nextInt(1_000_000) / 100.0;
            case 2 -> random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
            case 3 -> random.nextInt(100_000_000) - 50_000_000;
            default -> SPECIALS[random.nextInt(SPECIALS.length)];
        };
    }

    private String string() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            text.append(WORDS.get(random.nextInt(WORDS.size())));
        }
        return text.toString();
    }

    private ByteString bytes() {
        byte[] bytes = new byte[random.nextInt(20)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private EnumValueDescriptor enumeration(EnumDescriptor type) {
        if (!type.isClosed() && !type.getFullName().endsWith("NullValue") && random.nextInt(4) == 0) {
            return type.findValueByNumberCreatingIfUnknown(random.nextInt());
        }
        return type.getValues().get(random.nextInt(type.getValues().size()));
    }

    private boolean wellKnown(Message.Builder builder, int depth) {
        switch (builder.getDescriptorForType().getFullName()) {
            case "google.protobuf.Timestamp" -> builder.mergeFrom(timestamp());
            case "google.protobuf.Duration" -> builder.mergeFrom(duration());
            case "google.protobuf.FieldMask" -> builder.mergeFrom(fieldMask());
            case "google.protobuf.Struct" -> builder.mergeFrom(struct(Math.max(depth, 0)));
            case "google.protobuf.Value" -> builder.mergeFrom(json(Math.max(depth, 0)));
            case "google.protobuf.ListValue" -> builder.mergeFrom(list(Math.max(depth, 0)));
            case "google.protobuf.Any" -> builder.mergeFrom(any(depth));
            default -> {
                return false;
            }
        }
        return true;
    }

    private int nanos() {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextInt(1_000) * 1_000_000;
            case 2 -> random.nextInt(1_000_000) * 1_000;
            default -> random.nextInt(1_000_000_000);
        };
    }

    private Timestamp timestamp() {
        long range = TimeText.MAX_TIMESTAMP - TimeText.MIN_TIMESTAMP + 1;
        long seconds = TimeText.MIN_TIMESTAMP + Math.floorMod(random.nextLong(), range);
        return Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos()).build();
    }

    private Duration duration() {
        int sign = random.nextBoolean() ? 1 : -1;
        long seconds = Math.floorMod(random.nextLong(), TimeText.MAX_DURATION + 1) >> random.nextInt(40);
        return Duration.newBuilder()
                .setSeconds(sign * seconds)
                .setNanos(sign * nanos())
                .build();
    }

    private FieldMask fieldMask() {
        FieldMask.Builder mask = FieldMask.newBuilder();
        List<String> paths = List.of("name", "display_name", "author.first_name", "a1", "*");
        for (int i = random.nextInt(4); i > 0; i--) {
            mask.addPaths(paths.get(random.nextInt(paths.size())));
        }
        return mask.build();
    }

    private Struct struct(int depth) {
        Struct.Builder struct = Struct.newBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            struct.putFields(string(), json(depth - 1));
        }
        return struct.build();
    }

    private ListValue list(int depth) {
        ListValue.Builder list = ListValue.newBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.addValues(json(depth - 1));
        }
        return list.build();
    }

    private Value json(int depth) {
        Value.Builder value = Value.newBuilder();
        return switch (random.nextInt(depth > 0 ? 6 : 4)) {
            case 0 -> value.setNullValue(NullValue.NULL_VALUE).build();
            case 1 -> value.setNumberValue(floating(false)).build();
            case 2 -> value.setStringValue(string()).build();
            case 3 -> value.setBoolValue(random.nextBoolean()).build();
            case 4 -> value.setStructValue(struct(depth)).build();
            default -> value.setListValue(list(depth)).build();
        };
    }

    private Any any(int depth) {
        return switch (anys ? random.nextInt(depth > 0 ? 7 : 5) : 0) {
            case 0 -> Any.getDefaultInstance();
            case 1 -> Any.pack(timestamp());
            case 2 -> Any.pack(Int64Value.of(integer()));
            case 3 -> Any.pack(fieldMask());
            case 4 -> Any.pack(json(1));
            case 5 -> Any.pack(any(depth - 1), "example.org/types");
            default ->
                random.nextBoolean()
                        ? Any.pack(message(Everything.getDefaultInstance(), depth - 1))
                        : Any.pack(message(Legacy.getDefaultInstance(), depth - 1));
        };
    }
}
