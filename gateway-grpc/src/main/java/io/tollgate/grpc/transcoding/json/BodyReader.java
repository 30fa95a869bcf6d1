package io.tollgate.grpc.transcoding.json;

import org.jspecify.annotations.Nullable;

/** Reads a whole body, as a message or as one field of it. */
final class BodyReader {
    private final JsonReader reader;
    private final JsonInput input;
    private final WireOutput output;
    private final Violations violations;

    BodyReader(Codecs codecs, byte[] json, WireOutput output, Scalars scalars, Violations violations) {
        this.output = output;
        this.violations = violations;
        reader = new JsonReader(codecs, json, output, scalars, violations);
        input = reader.input();
    }

    /** Reads the body as a message. */
    void readMessage(MessageCodec codec, @Nullable FixedNode fixed) {
        run(() -> {
            byte first = input.next();
            boolean object = codec.shape == Shape.MESSAGE || codec.shape == Shape.STRUCT || codec.shape == Shape.ANY;
            if ((object && first != '{') || (first == 'n' && codec.shape != Shape.VALUE)) {
                throw input.malformed(object ? "is not one object" : "is null");
            }
            reader.content(codec, fixed);
        });
    }

    /** Reads the body as the last of these fields, in the messages of those before it. */
    void readField(FieldCodec[] fields, @Nullable FixedNode fixed) {
        run(() -> field(fields, 0, fixed));
    }

    private void field(FieldCodec[] fields, int i, @Nullable FixedNode fixed) {
        FieldCodec field = fields[i];
        reader.path().push(field.jsonName);
        if (i < fields.length - 1) {
            int mark = output.beginMessage(field);
            reader.enterMessage();
            field(fields, i + 1, fixed == null ? null : fixed.child(field.descriptor));
            output.endMessage(field, mark);
        } else if (fixed != null && fixed.isLeaf(field.descriptor)) {
            input.skip();
        } else if (input.next() == 'n' && !(field.acceptsNull() && !field.list)) {
            throw input.malformed("is null, which is no value of the field");
        } else {
            reader.value(field, fixed == null ? null : fixed.child(field.descriptor));
        }
        reader.path().pop();
    }

    private void run(Runnable reading) {
        try {
            if (input.startsWithByteOrderMark()) {
                throw input.malformed("begins with a byte order mark");
            }
            reading.run();
            input.finish();
        } catch (Nesting.TooDeepException e) {
            reader.violation(Problem.TOO_DEEP);
            violations.check();
        }
    }
}
