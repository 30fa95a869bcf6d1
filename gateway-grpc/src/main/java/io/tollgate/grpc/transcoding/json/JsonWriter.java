package io.tollgate.grpc.transcoding.json;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Descriptors.FieldDescriptor;

/**
 * Writes messages in the wire format as JSON, without a tree: the fields of each message are found by a pass over its tags, and
 * written in the order of their numbers.
 */
final class JsonWriter {
    private static final byte[] NOTHING = {};

    private final Codecs codecs;
    private final JsonOutput output;
    private final WireInput wire = new WireInput();
    private final FieldIndex index;
    private final ScalarWriter scalars;
    private final DynamicWriter dynamic;
    private final boolean defaults;

    private int messages;

    /** Set when a map turned out to have a key twice; maps are searched before they are written from then on. */
    private boolean repeatedKeys;

    JsonWriter(Codecs codecs, MessageCodec outermost, JsonOutput output) {
        this.codecs = codecs;
        index = new FieldIndex(wire, outermost);
        this.output = output;
        defaults = codecs.options().emitDefaultValues();
        scalars = new ScalarWriter(wire, output);
        dynamic = new DynamicWriter(this, codecs, index, wire, output);
    }

    void write(MessageCodec codec, byte[] message) {
        content(codec, message, 0, message.length);
    }

    void writeField(MessageCodec codec, FieldCodec field, byte[] message) {
        int frame = index.push(codec, message, 0, message.length);
        if (field.map) {
            map(field, frame, message, message.length);
        } else if (field.list) {
            list(field, frame, message, message.length);
        } else if (index.count(frame, field) > 0) {
            single(field, frame, message, message.length);
        } else if (field.message && field.child(codecs).shape == Shape.MESSAGE) {
            output.putAscii("{}"); // Whatever is written of messages that are set.
        } else if (field.message) {
            content(field.child(codecs), NOTHING, 0, 0);
        } else {
            scalars.writeDefault(field);
        }
        index.pop(frame);
    }

    ScalarWriter scalars() {
        return scalars;
    }

    /** Writes a message in the form of its type. */
    void content(MessageCodec codec, byte[] bytes, int from, int to) {
        enter();
        if (codec.shape == Shape.MESSAGE) {
            output.put('{');
            fields(codec, bytes, from, to, false);
            output.put('}');
        } else {
            int frame = index.push(codec, bytes, from, to);
            dynamic.wellKnown(codec, frame, bytes, to);
            index.pop(frame);
        }
        messages--;
    }

    void enter() {
        if (++messages > Nesting.LIMIT) {
            throw new UnusableMessageException("it is nested deeper than " + Nesting.LIMIT + " levels");
        }
    }

    void leave() {
        messages--;
    }

    /** Writes the properties of a message. */
    void fields(MessageCodec codec, byte[] bytes, int from, int to, boolean comma) {
        int frame = index.push(codec, bytes, from, to);
        boolean separated = comma;
        for (FieldCodec field : codec.fields) {
            int count = index.count(frame, field);
            if (count == 0 && (!defaults || field.presence)) {
                continue;
            }
            int start = output.size();
            if (separated) {
                output.put(',');
            }
            output.append(field.property);
            if (property(field, frame, count, bytes, to)) {
                separated = true;
            } else {
                output.truncate(start);
            }
        }
        index.pop(frame);
    }

    /** Writes the value of a field; returns false if it is to be left out, name and all. */
    private boolean property(FieldCodec field, int frame, int count, byte[] bytes, int to) {
        if (field.map) {
            map(field, frame, bytes, to);
            return true;
        }
        if (field.list) {
            return list(field, frame, bytes, to) || defaults;
        }
        if (count == 0) {
            scalars.writeDefault(field);
            return true;
        }
        return single(field, frame, bytes, to) || field.presence || defaults;
    }

    /** Writes a field that is set; returns false if it has its default value. */
    boolean single(FieldCodec field, int frame, byte[] bytes, int to) {
        int last = index.last(frame, field);
        if (!field.message) {
            return scalars.write(field, bytes, last, to);
        }
        if (index.count(frame, field) > 1) {
            byte[] merged = merged(field, index.first(frame, field), last, bytes, to);
            content(field.child(codecs), merged, 0, merged.length);
        } else {
            message(field, bytes, last, to);
        }
        return true;
    }

    /** Writes the message that begins at {@code at}, after its tag; {@code wire.after} is the index after it. */
    void message(FieldCodec field, byte[] bytes, int at, int to) {
        int begin;
        int end;
        int after;
        if (field.type == FieldDescriptor.Type.GROUP) {
            begin = at;
            end = wire.endOfGroup(bytes, field.number, at, to);
            after = wire.after;
        } else {
            int length = wire.length(bytes, at, to);
            begin = wire.after;
            end = begin + length;
            after = end;
        }
        content(field.child(codecs), bytes, begin, end);
        wire.after = after;
    }

    /** Returns one message of all occurrences: in the wire format, what is written one after the other is merged. */
    private byte[] merged(FieldCodec field, int first, int last, byte[] bytes, int to) {
        WireOutput all = new WireOutput(256);
        int at = first;
        while (true) {
            if (field.type == FieldDescriptor.Type.GROUP) {
                all.put(bytes, at, wire.endOfGroup(bytes, field.number, at, to));
            } else {
                int length = wire.length(bytes, at, to);
                all.put(bytes, wire.after, wire.after + length);
                wire.after += length;
            }
            if (at == last) {
                return all.toByteArray();
            }
            at = next(field, bytes, wire.after, to);
        }
    }

    /** Returns where the next value of a field begins, from a tag on; there is one. */
    private int next(FieldCodec field, byte[] bytes, int from, int to) {
        int at = from;
        while (true) {
            int tag = wire.tag(bytes, at, to);
            int value = wire.after;
            if (tag >>> 3 == field.number && FieldIndex.matches(field, tag & 7)) {
                return value;
            }
            at = wire.skip(bytes, tag, value, to);
        }
    }

    /** Writes a list; returns false if it is empty. */
    boolean list(FieldCodec field, int frame, byte[] bytes, int to) {
        output.put('[');
        int start = output.size();
        if (index.count(frame, field) > 0) {
            int at = index.first(frame, field);
            int last = index.last(frame, field);
            while (at <= last) {
                int tag = wire.tag(bytes, at, to);
                int value = wire.after;
                if (tag >>> 3 != field.number || !FieldIndex.matches(field, tag & 7)) {
                    at = wire.skip(bytes, tag, value, to);
                } else if ((tag & 7) == field.wireType) {
                    separate(start);
                    if (field.message) {
                        message(field, bytes, value, to);
                    } else {
                        scalars.write(field, bytes, value, to);
                    }
                    at = wire.after;
                } else {
                    at = packed(field, start, bytes, value, to);
                }
            }
        }
        boolean empty = output.size() == start;
        output.put(']');
        return !empty;
    }

    private int packed(FieldCodec field, int start, byte[] bytes, int from, int to) {
        int length = wire.length(bytes, from, to);
        int at = wire.after;
        int end = at + length;
        while (at < end) {
            separate(start);
            scalars.write(field, bytes, at, end);
            at = wire.after;
        }
        return end;
    }

    private void separate(int start) {
        if (output.size() > start) {
            output.put(',');
        }
    }

    /** Writes a map. Of entries with the same key the last counts, at the place of the first. */
    void map(FieldCodec field, int frame, byte[] bytes, int to) {
        output.put('{');
        int count = index.count(frame, field);
        if (count > 0) {
            int first = index.first(frame, field);
            int last = index.last(frame, field);
            int start = output.size();
            enter();
            if (repeatedKeys || !mapOfDifferentKeys(field, count, first, last, bytes, to)) {
                repeatedKeys = true;
                output.truncate(start);
                mapOfAnyKeys(field, first, last, bytes, to);
            }
            leave();
        }
        output.put('}');
    }

    private boolean mapOfDifferentKeys(FieldCodec field, int count, int first, int last, byte[] bytes, int to) {
        MessageCodec entry = field.child(codecs);
        KeySet keys = count == 1 ? null : new KeySet();
        int start = output.size();
        int tag = first;
        while (true) {
            int at = next(field, bytes, tag, to);
            int length = wire.length(bytes, at, to);
            int begin = wire.after;
            int end = begin + length;
            int frame = index.push(entry, bytes, begin, end);
            separate(start);
            int from = output.size();
            key(field, frame, bytes, end);
            if (keys != null && keys.add(output.array(), from, output.size()) >= 0) {
                index.pop(frame);
                return false;
            }
            mapValue(field, frame, bytes, end);
            index.pop(frame);
            if (end > last) {
                return true;
            }
            tag = end;
        }
    }

    private void mapOfAnyKeys(FieldCodec field, int first, int last, byte[] bytes, int to) {
        MessageCodec entry = field.child(codecs);
        MapEntries entries = new MapEntries();
        ScalarWriter names = new ScalarWriter(wire, entries.names());
        int tag = first;
        int end;
        do {
            int at = next(field, bytes, tag, to);
            int length = wire.length(bytes, at, to);
            int begin = wire.after;
            end = begin + length;
            int frame = index.push(entry, bytes, begin, end);
            int from = entries.names().size();
            names.writeKey(requireNonNull(field.key, "key"), index, frame, bytes, end);
            index.pop(frame);
            entries.add(from, begin, end);
            tag = end;
        } while (end <= last);
        int start = output.size();
        for (int i = 0; i < entries.size(); i++) {
            separate(start);
            entries.writeName(i, output);
            int frame = index.push(entry, bytes, entries.begin(i), entries.end(i));
            mapValue(field, frame, bytes, entries.end(i));
            index.pop(frame);
        }
    }

    private void key(FieldCodec field, int frame, byte[] bytes, int to) {
        scalars.writeKey(requireNonNull(field.key, "key"), index, frame, bytes, to);
    }

    private void mapValue(FieldCodec field, int frame, byte[] bytes, int to) {
        FieldCodec value = requireNonNull(field.value, "value");
        output.put(':');
        if (index.count(frame, value) > 0) {
            single(value, frame, bytes, to);
        } else if (value.message) {
            content(value.child(codecs), NOTHING, 0, 0);
        } else {
            scalars.writeDefault(value);
        }
    }
}
