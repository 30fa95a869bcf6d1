package io.tollgate.grpc.transcoding.json;

import com.google.protobuf.WireFormat;
import java.util.Arrays;

/**
 * The places of the fields of messages: for each field of a message that is being written, its first and last occurrence and how
 * many there are. A stack: the index of a nested message lies above that of the message around it.
 */
final class FieldIndex {
    private static final int SLOTS = 3;

    private final WireInput wire;
    private int[] slots;
    private int top;

    /** @param outermost the message that is written; one of few fields needs little space */
    FieldIndex(WireInput wire, MessageCodec outermost) {
        this.wire = wire;
        slots = new int[SLOTS * outermost.fields.length + outermost.oneofs];
    }

    /**
     * Finds the fields of a message. Unknown fields, and known ones of another wire type, are skipped. Of a oneof only the last
     * member counts, and only what comes after the last other member.
     *
     * @return the frame, for the other methods; {@link #pop} ends it
     */
    int push(MessageCodec codec, byte[] bytes, int from, int to) {
        int frame = top;
        int oneofs = frame + SLOTS * codec.fields.length;
        top = oneofs + codec.oneofs;
        if (top > slots.length) {
            slots = Arrays.copyOf(slots, Math.max(2 * slots.length, top));
        }
        Arrays.fill(slots, frame, top, 0);
        int at = from;
        while (at < to) {
            int tag = wire.tag(bytes, at, to);
            int value = wire.after;
            int after = wire.skip(bytes, tag, value, to);
            FieldCodec field = codec.field(tag >>> 3);
            if (field != null && matches(field, tag & 7)) {
                int slot = frame + SLOTS * field.index;
                if (field.oneof >= 0) {
                    choose(frame, oneofs + field.oneof, field.index);
                }
                // Of lists and maps the tags are kept, by which the other elements are found.
                int found = field.list || field.map ? at : value;
                if (slots[slot + 2]++ == 0) {
                    slots[slot] = found;
                }
                slots[slot + 1] = found;
            }
            at = after;
        }
        return frame;
    }

    private void choose(int frame, int oneof, int field) {
        int chosen = slots[oneof] - 1;
        if (chosen != field) {
            if (chosen >= 0) {
                slots[frame + SLOTS * chosen + 2] = 0;
            }
            slots[oneof] = field + 1;
        }
    }

    static boolean matches(FieldCodec field, int wireType) {
        return wireType == field.wireType
                || (field.list && field.packable && wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED);
    }

    /** Returns where the first value begins; of a list or map, where its tag is. */
    int first(int frame, FieldCodec field) {
        return slots[frame + SLOTS * field.index];
    }

    /** Returns where the last value begins; of a list or map, where its tag is. */
    int last(int frame, FieldCodec field) {
        return slots[frame + SLOTS * field.index + 1];
    }

    /** Returns how often the field occurs. */
    int count(int frame, FieldCodec field) {
        return slots[frame + SLOTS * field.index + 2];
    }

    void pop(int frame) {
        top = frame;
    }
}
