package io.tollgate.grpc.transcoding.json;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import com.google.protobuf.Descriptors.FieldDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body and writes what it means in the wire format, in one pass without a tree. A value that breaks a rule is noted, and
 * reading goes on after it; the output is void then.
 */
final class JsonReader {
    private static final byte[] TYPE = "@type".getBytes(US_ASCII);

    private final Codecs codecs;
    private final JsonInput input;
    private final WireOutput output;
    private final Scalars scalars;
    private final Violations violations;
    private final JsonPath path = new JsonPath();
    private final DynamicReader dynamic;

    private int messages;

    JsonReader(Codecs codecs, byte[] json, WireOutput output, Scalars scalars, Violations violations) {
        this.codecs = codecs;
        this.output = output;
        this.scalars = scalars;
        this.violations = violations;
        input = new JsonInput(json);
        dynamic = new DynamicReader(this, codecs, input, output);
    }

    JsonInput input() {
        return input;
    }

    JsonPath path() {
        return path;
    }

    void violation(Problem problem) {
        violations.add(path.text(input.bytes), problem);
    }

    void enterMessage() {
        if (++messages > Nesting.LIMIT) {
            throw new Nesting.TooDeepException();
        }
    }

    void leaveMessage() {
        messages--;
    }

    /** Reads a message in the form of its type, without tag and length. */
    void content(MessageCodec codec, @Nullable FixedNode fixed) {
        enterMessage();
        switch (codec.shape) {
            case MESSAGE -> message(codec, fixed, false);
            case ANY -> dynamic.any();
            case STRUCT -> dynamic.struct();
            case VALUE -> dynamic.value();
            case LIST_VALUE -> dynamic.list();
            case WRAPPER -> scalar(codec.fields[0], true);
            case TIMESTAMP, DURATION, FIELD_MASK -> scalarMessage(codec.shape);
        }
        leaveMessage();
    }

    private void scalarMessage(Shape shape) {
        if (string()) {
            note(scalars.message(shape, null, input.textBytes(), input.textFrom(), input.textTo()));
        }
    }

    /** Reads an object; as the content of an {@code Any}, from after its bracket, with the type among its properties. */
    void message(MessageCodec codec, @Nullable FixedNode fixed, boolean typed) {
        if (!typed) {
            if (!opens('{', Problem.NOT_OBJECT)) {
                return;
            }
        }
        FieldFlags flags = new FieldFlags(codec);
        if (fixed != null) {
            fixed.markOneofs(flags);
        }
        boolean typeSeen = false;
        if (input.first()) {
            do {
                input.name();
                FieldCodec field = property(codec);
                if (field != null) {
                    property(field, fixed, flags);
                } else if (typed && input.textIs(TYPE)) {
                    if (typeSeen) {
                        unknown(Problem.DUPLICATE);
                    }
                    typeSeen = true;
                    input.skip();
                } else {
                    unknown(new Problem(
                            "UNKNOWN_FIELD", "is not a field of " + codec.type().getName()));
                    input.skip();
                }
            } while (input.more());
        }
        for (FieldCodec field : codec.required) {
            if (flags.set(field.index) && (fixed == null || !fixed.contains(field.descriptor))) {
                path.push(field.jsonName);
                violation(Problem.REQUIRED);
                path.pop();
            }
        }
    }

    /** Returns the field of the property whose name was read; null if there is none. */
    private @Nullable FieldCodec property(MessageCodec codec) {
        input.text();
        return input.stringProblem == null ? codec.field(input.textBytes(), input.textFrom(), input.textTo()) : null;
    }

    /** Notes a property that no field has; its name was read last. */
    void unknown(Problem problem) {
        Problem noted = input.stringProblem == null ? problem : input.stringProblem;
        violations.add(path.text(input.bytes, input.stringFrom, input.stringTo), noted);
    }

    private void property(FieldCodec field, @Nullable FixedNode fixed, FieldFlags flags) {
        path.push(field.jsonName);
        if (!flags.see(field.index)) {
            violation(Problem.DUPLICATE);
        }
        if (fixed != null && fixed.isLeaf(field.descriptor)) {
            input.skip();
        } else if (input.next() == 'n' && (!field.acceptsNull() || field.list || field.map)) {
            input.literal("null");
        } else {
            boolean chosenByPath = fixed != null && fixed.binds(field.descriptor);
            if (field.oneof >= 0 && !chosenByPath && !flags.seeOneof(field.oneof)) {
                violation(Problem.oneof(field.descriptor.getContainingOneof().getName()));
            }
            if (field.required) {
                flags.set(field.index);
            }
            value(field, fixed == null ? null : fixed.child(field.descriptor));
        }
        path.pop();
    }

    /** Reads the value of a field that is not null. */
    void value(FieldCodec field, @Nullable FixedNode fixed) {
        if (field.map) {
            map(field);
        } else if (field.list) {
            list(field);
        } else {
            single(field, fixed);
        }
    }

    /** Reads one value that is not null, with its tag. */
    private void single(FieldCodec field, @Nullable FixedNode fixed) {
        if (field.message) {
            int mark = output.beginMessage(field);
            content(field.child(codecs), fixed);
            output.endMessage(field, mark);
        } else {
            scalar(field, true);
        }
    }

    private void list(FieldCodec field) {
        if (!opens('[', Problem.NOT_LIST)) {
            return;
        }
        path.push(null);
        if (input.first()) {
            int mark = 0;
            if (field.packed) {
                output.put(field.packedTag);
                mark = output.begin();
            }
            int index = 0;
            do {
                path.index(index++);
                if (isNull(field)) {
                    violation(Problem.NULL_ELEMENT);
                } else if (field.packed) {
                    scalar(field, false);
                } else {
                    single(field, null);
                }
            } while (input.more());
            if (field.packed) {
                output.end(mark);
            }
        }
        path.pop();
    }

    private void map(FieldCodec field) {
        if (!opens('{', Problem.NOT_OBJECT)) {
            return;
        }
        FieldCodec key = requireNonNull(field.key, "key");
        FieldCodec value = requireNonNull(field.value, "value");
        KeySet keys = new KeySet();
        path.push(null);
        if (input.first()) {
            enterMessage();
            do {
                int mark = output.beginMessage(field);
                key(key, keys);
                if (isNull(value)) {
                    violation(Problem.NULL_ELEMENT);
                } else {
                    single(value, null);
                }
                output.endMessage(field, mark);
            } while (input.more());
            leaveMessage();
        }
        path.pop();
    }

    private void key(FieldCodec key, KeySet keys) {
        input.name();
        path.key(input.stringFrom, input.stringTo);
        int from = output.size();
        if (!noted(input.stringProblem)) {
            input.text();
            boolean wrong = noted(scalars.text(key, true, input.textBytes(), input.textFrom(), input.textTo()));
            if (!wrong && keys.add(output.array(), from, output.size()) >= 0) {
                violation(Problem.DUPLICATE_KEY);
            }
        }
    }

    /** Reads a null that is no value of the field; returns false if there is something else. */
    private boolean isNull(FieldCodec field) {
        if (input.next() == 'n' && !field.acceptsNull()) {
            input.literal("null");
            return true;
        }
        return false;
    }

    private void scalar(FieldCodec field, boolean tagged) {
        byte first = input.next();
        switch (field.type) {
            case STRING -> {
                if (first != '"') {
                    wrongType(Problem.NOT_STRING);
                } else {
                    text(field, tagged);
                }
            }
            case BOOL -> {
                if (first == 't' || first == 'f') {
                    input.literal(first == 't' ? "true" : "false");
                    if (tagged) {
                        output.put(field.tag);
                    }
                    output.put(first == 't' ? 1 : 0);
                } else {
                    wrongType(Problem.NOT_BOOLEAN);
                }
            }
            default -> {
                if (first == '"') {
                    if (string()) {
                        note(scalars.text(field, tagged, input.textBytes(), input.textFrom(), input.textTo()));
                    }
                } else if ((first == '-' || (first >= '0' && first <= '9'))
                        && field.type != FieldDescriptor.Type.BYTES) {
                    number();
                    note(scalars.number(field, tagged));
                } else if (first == 'n' && field.acceptsNull()) {
                    input.literal("null");
                    if (tagged) {
                        output.put(field.tag);
                    }
                    output.put(0);
                } else {
                    wrongType(expected(field));
                }
            }
        }
    }

    private static Problem expected(FieldCodec field) {
        return switch (field.type) {
            case BYTES -> Problem.NOT_STRING;
            case DOUBLE, FLOAT -> Problem.NOT_NUMBER;
            case ENUM ->
                new Problem(
                        Problem.WRONG_TYPE,
                        requireNonNull(field.enumeration, "enumeration").unknown.message());
            default -> Problem.notInteger(field.type);
        };
    }

    /** Reads a number of JSON into {@link Scalars}. */
    void number() {
        int after = scalars.scan(input.bytes, input.position, input.end);
        if (after < 0) {
            input.position = -1 - after;
            throw input.malformed("has a number in a form that JSON does not have");
        }
        input.position = after;
    }

    Scalars scalars() {
        return scalars;
    }

    /** Reads a string, and writes it with its length after the tag. */
    void text(FieldCodec field, boolean tagged) {
        input.string();
        if (!noted(input.stringProblem)) {
            if (tagged) {
                output.put(field.tag);
            }
            text();
        }
    }

    /** Writes the string that was read last, with its length. */
    void text() {
        int length = input.textLength();
        output.varint(length);
        input.copyText(output.reserve(length), output.size());
        output.size(output.size() + length);
    }

    /** Reads a string that must be text; returns false if it is something else. */
    boolean string() {
        if (input.next() != '"') {
            wrongType(Problem.NOT_STRING);
            return false;
        }
        input.string();
        if (noted(input.stringProblem)) {
            return false;
        }
        input.text();
        return true;
    }

    /** Reads an opening bracket; if there is something else, notes that and skips it. */
    boolean opens(char bracket, Problem otherwise) {
        if (input.next() != bracket) {
            wrongType(otherwise);
            return false;
        }
        input.open(bracket == '{');
        return true;
    }

    private void wrongType(Problem problem) {
        violation(problem);
        input.skip();
    }

    void note(@Nullable Problem problem) {
        if (problem != null) {
            violation(problem);
        }
    }

    boolean noted(@Nullable Problem problem) {
        note(problem);
        return problem != null;
    }
}
