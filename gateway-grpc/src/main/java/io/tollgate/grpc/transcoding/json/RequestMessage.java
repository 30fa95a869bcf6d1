package io.tollgate.grpc.transcoding.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that is composed of a body and of fields set by path, query and identity, in any order; identity last, so that it
 * wins within a oneof. Violations are collected and thrown by {@link #toByteArray}. Not thread-safe, for one request.
 *
 * <p>Each part is appended as it comes, for the wire format merges: a nested message that occurs twice is one message with the
 * fields of both, and of a scalar the last occurrence counts.
 */
public final class RequestMessage {
    private static final int WITHOUT_BODY = 128;
    private static final int MAX_EXPECTED = 64 * 1024;

    private final Codecs codecs;
    private final MessageCodec codec;
    private final FixedFields fixed;
    private final Violations violations = new Violations();

    private @Nullable WireOutput output;
    private @Nullable Scalars scalars;
    private boolean bodyRead;

    /** Paths that are set, and for each oneof the member that is. */
    private final Map<Object, FieldDescriptor> set = new HashMap<>();

    RequestMessage(Codecs codecs, MessageCodec codec, FixedFields fixed) {
        this.codecs = codecs;
        this.codec = codec;
        this.fixed = fixed;
    }

    /**
     * Reads the whole message ({@code body: "*"}).
     *
     * @param json not empty: without a body nothing is to be read
     * @throws io.tollgate.api.GatewayException {@code INVALID_JSON} if it is no JSON object, is malformed or has a byte order
     *     mark; {@code INVALID_ARGUMENT} at the 50th violation, or nested more than 100 levels
     */
    public void readBody(byte[] json) {
        bodyRead = true;
        reader(json).readMessage(codec, fixed.root());
    }

    /**
     * Reads one field of the message ({@code body: "book"}) of any type; violations are named {@code book.…}.
     *
     * @throws io.tollgate.api.GatewayException as {@link #readBody(byte[])} does; {@code null} is no JSON value of most fields
     */
    public void readBody(FieldPath field, byte[] json) {
        if (!fixed.contains(field)) { // which the path or the gateway sets
            register(field);
        }
        reader(json).readField(field.codecs, fixed.root());
    }

    private BodyReader reader(byte[] json) {
        WireOutput target = output(Math.min(json.length + WITHOUT_BODY, MAX_EXPECTED));
        return new BodyReader(codecs, json, target, scalars(target), violations);
    }

    private WireOutput output(int expected) {
        WireOutput made = output;
        if (made == null) {
            made = new WireOutput(expected);
            output = made;
        }
        return made;
    }

    private Scalars scalars(WireOutput target) {
        Scalars made = scalars;
        if (made == null) {
            made = new Scalars(target);
            scalars = made;
        }
        return made;
    }

    /**
     * Sets a field, or adds to a list, from a text of the path or the query. A text that does not fit, a second value for a
     * singular field, and a second member of a oneof are violations.
     *
     * @throws IllegalArgumentException if the field does not {@linkplain FieldPath#readsText() read text}
     * @throws io.tollgate.api.GatewayException {@code INVALID_ARGUMENT} at the 50th violation
     */
    public void set(FieldPath field, String text) {
        register(field);
        Problem problem = write(field, text);
        if (problem != null) {
            violations.add(field.toString(), problem);
        }
    }

    /**
     * Sets a field of the identity, whatever was set before.
     *
     * @return false if the text does not fit; then nothing is set, and there is no violation
     * @throws IllegalArgumentException if the field does not {@linkplain FieldPath#readsText() read text}
     */
    public boolean setIdentity(FieldPath field, String text) {
        WireOutput target = output(WITHOUT_BODY);
        WireOutput.State before = target.state();
        boolean fits = write(field, text) == null;
        if (fits) {
            set.put(field, field.field());
        } else {
            target.reset(before);
        }
        return fits;
    }

    /**
     * Sets a field of type {@code bytes} as it is ({@code HttpBody.data}).
     *
     * @throws IllegalArgumentException if the field is of another type
     */
    public void setBytes(FieldPath field, byte[] bytes) {
        FieldCodec last = field.codec();
        if (last.type != FieldDescriptor.Type.BYTES) {
            throw new IllegalArgumentException("field: " + field + " of type " + last.type + " (expected: BYTES)");
        }
        register(field);
        WireOutput target = output(bytes.length + WITHOUT_BODY);
        int[] marks = enter(field, target);
        target.put(last.tag);
        target.varint(bytes.length);
        target.put(bytes);
        leave(field, target, marks);
    }

    /**
     * Adds a violation of the caller's, such as an unknown parameter.
     *
     * @throws io.tollgate.api.GatewayException {@code INVALID_ARGUMENT} at the 50th violation
     */
    public void violation(String field, String code, String message) {
        violations.add(requireNonNull(field, "field"), new Problem(code, message));
    }

    /** Notes that a field is set; a second value, and another member of a oneof, are violations. */
    private void register(FieldPath field) {
        if (!field.field().isRepeated() && set.put(field, field.field()) != null) {
            violations.add(field.toString(), Problem.DUPLICATE);
        }
        for (FieldPath.Choice choice : field.choices) {
            FieldDescriptor other = set.put(choice.oneof(), choice.member());
            if (other != null && !other.equals(choice.member())) {
                violations.add(field.toString(), Problem.oneof(choice.oneof().name()));
            }
        }
    }

    private @Nullable Problem write(FieldPath field, String text) {
        if (!field.readsText()) {
            throw new IllegalArgumentException("field: " + field + " (expected: one that reads text)");
        }
        // Half of a surrogate pair would become a question mark.
        return UTF_8.newEncoder().canEncode(text) ? write(field, text.getBytes(UTF_8)) : Problem.HALF_SURROGATE;
    }

    private @Nullable Problem write(FieldPath field, byte[] text) {
        FieldCodec last = field.codec();
        WireOutput target = output(WITHOUT_BODY);
        Scalars writer = scalars(target);
        int[] marks = enter(field, target);
        Problem problem;
        if (last.message) {
            int mark = target.beginMessage(last);
            problem = writer.message(Shape.of(last.descriptor.getMessageType()), last.wrapped, text, 0, text.length);
            target.endMessage(last, mark);
        } else {
            problem = writer.text(last, true, text, 0, text.length);
        }
        leave(field, target, marks);
        return problem;
    }

    private static int[] enter(FieldPath field, WireOutput target) {
        int[] marks = new int[field.codecs.length - 1];
        for (int i = 0; i < marks.length; i++) {
            marks[i] = target.beginMessage(field.codecs[i]);
        }
        return marks;
    }

    private static void leave(FieldPath field, WireOutput target, int[] marks) {
        for (int i = marks.length - 1; i >= 0; i--) {
            target.endMessage(field.codecs[i], marks[i]);
        }
    }

    /**
     * Returns the message in the wire format.
     *
     * @throws io.tollgate.api.GatewayException {@code INVALID_ARGUMENT} with all violations, at most 50
     */
    public byte[] toByteArray() {
        if (!bodyRead) {
            checkRequired();
        }
        violations.check();
        return output == null ? new byte[0] : output.toByteArray();
    }

    /** Notes the required fields of which nothing is set; a body has been checked for them. */
    private void checkRequired() {
        for (FieldCodec field : codec.required) {
            boolean given = set.keySet().stream()
                    .anyMatch(key -> key instanceof FieldPath path
                            && path.fields().get(0).equals(field.descriptor));
            if (!given && (fixed.root() == null || !fixed.root().contains(field.descriptor))) {
                violations.add(field.jsonName, Problem.REQUIRED);
            }
        }
    }
}
