package io.tollgate.grpc.transcoding.json;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.Descriptor;
import org.jspecify.annotations.Nullable;

/** Reads the types whose content a client chooses: {@code Any}, {@code Struct}, {@code Value} and {@code ListValue}. */
final class DynamicReader {
    private static final byte[] TYPE = "@type".getBytes(US_ASCII);
    private static final byte[] VALUE = "value".getBytes(US_ASCII);

    private static final int ANY_TYPE = 0x0a;
    private static final int ANY_VALUE = 0x12;
    private static final int STRUCT_ENTRY = 0x0a;
    private static final int ENTRY_KEY = 0x0a;
    private static final int ENTRY_VALUE = 0x12;
    private static final int LIST_ELEMENT = 0x0a;
    private static final int NULL = 0x08;
    private static final int NUMBER = 0x11;
    private static final int STRING = 0x1a;
    private static final int BOOL = 0x20;
    private static final int STRUCT = 0x2a;
    private static final int LIST = 0x32;

    private static final Problem NO_TYPE = new Problem("REQUIRED", "is required: the type of the message");

    private final JsonReader reader;
    private final Codecs codecs;
    private final JsonInput input;
    private final WireOutput output;

    DynamicReader(JsonReader reader, Codecs codecs, JsonInput input, WireOutput output) {
        this.reader = reader;
        this.codecs = codecs;
        this.input = input;
        this.output = output;
    }

    void any() {
        if (input.next() != '{') {
            reader.opens('{', Problem.NOT_OBJECT);
            return;
        }
        int opening = input.position;
        input.open(true);
        if (!input.first()) {
            return;
        }
        int properties = input.position;
        input.name();
        input.text();
        int at = input.textIs(TYPE) ? input.position : input.type(opening);
        MessageCodec codec = type(at);
        input.position = properties;
        if (codec == null) {
            do {
                input.name();
                input.skip();
            } while (input.more());
            return;
        }
        output.put(ANY_VALUE);
        int mark = output.begin();
        if (codec.shape == Shape.MESSAGE) {
            reader.enterMessage();
            reader.message(codec, null, true);
            reader.leaveMessage();
        } else {
            wellKnown(codec);
        }
        output.end(mark);
    }

    /** Reads the type and writes it; null if there is none, or none of this name. */
    private @Nullable MessageCodec type(int at) {
        reader.path().push("@type");
        MessageCodec codec = null;
        if (at < 0) {
            reader.violation(NO_TYPE);
        } else {
            input.position = at;
            if (reader.string()) {
                String url = new String(input.textBytes(), input.textFrom(), input.textTo() - input.textFrom(), UTF_8);
                Descriptor type = url.indexOf('/') < 0 ? null : codecs.type(url.substring(url.lastIndexOf('/') + 1));
                if (type == null) {
                    reader.violation(new Problem(
                            "UNKNOWN_TYPE",
                            "must be the URL of a known type, such as type.googleapis.com/google.rpc.Status"));
                } else {
                    output.put(ANY_TYPE);
                    reader.text();
                    codec = codecs.of(type);
                }
            }
        }
        reader.path().pop();
        return codec;
    }

    /** Reads the property {@code value}, in which a type with a form of its own stands. */
    private void wellKnown(MessageCodec codec) {
        boolean typeSeen = false;
        boolean valueSeen = false;
        do {
            input.name();
            input.text();
            if (input.stringProblem == null && input.textIs(VALUE) && !valueSeen) {
                valueSeen = true;
                reader.path().push("value");
                reader.content(codec, null);
                reader.path().pop();
            } else if (input.stringProblem == null && input.textIs(TYPE) && !typeSeen) {
                typeSeen = true;
                input.skip();
            } else {
                boolean known = input.textIs(VALUE) || input.textIs(TYPE);
                reader.unknown(
                        known ? Problem.DUPLICATE : new Problem("UNKNOWN_FIELD", "must not be beside @type and value"));
                input.skip();
            }
        } while (input.more());
    }

    void struct() {
        if (!reader.opens('{', Problem.NOT_OBJECT)) {
            return;
        }
        reader.path().push(null);
        if (input.first()) {
            KeySet keys = new KeySet();
            reader.enterMessage();
            reader.enterMessage();
            do {
                output.put(STRUCT_ENTRY);
                int entry = output.begin();
                key(keys);
                output.put(ENTRY_VALUE);
                int value = output.begin();
                value();
                output.end(value);
                output.end(entry);
            } while (input.more());
            reader.leaveMessage();
            reader.leaveMessage();
        }
        reader.path().pop();
    }

    private void key(KeySet keys) {
        input.name();
        reader.path().key(input.stringFrom, input.stringTo);
        if (!reader.noted(input.stringProblem)) {
            output.put(ENTRY_KEY);
            int from = output.size();
            reader.text();
            if (keys.add(output.array(), from, output.size()) >= 0) {
                reader.violation(Problem.DUPLICATE_KEY);
            }
        }
    }

    void list() {
        if (!reader.opens('[', Problem.NOT_LIST)) {
            return;
        }
        reader.path().push(null);
        if (input.first()) {
            reader.enterMessage();
            int index = 0;
            do {
                reader.path().index(index++);
                output.put(LIST_ELEMENT);
                int mark = output.begin();
                value();
                output.end(mark);
            } while (input.more());
            reader.leaveMessage();
        }
        reader.path().pop();
    }

    void value() {
        switch (input.next()) {
            case '{' -> {
                output.put(STRUCT);
                int mark = output.begin();
                reader.enterMessage();
                struct();
                reader.leaveMessage();
                output.end(mark);
            }
            case '[' -> {
                output.put(LIST);
                int mark = output.begin();
                reader.enterMessage();
                list();
                reader.leaveMessage();
                output.end(mark);
            }
            case '"' -> {
                output.put(STRING);
                input.string();
                if (!reader.noted(input.stringProblem)) {
                    reader.text();
                }
            }
            case 't' -> bool("true", 1);
            case 'f' -> bool("false", 0);
            case 'n' -> {
                input.literal("null");
                output.put(NULL);
                output.put(0);
            }
            default -> {
                reader.number();
                output.put(NUMBER);
                reader.note(reader.scalars().number());
            }
        }
    }

    private void bool(String literal, int value) {
        input.literal(literal);
        output.put(BOOL);
        output.put(value);
    }
}
