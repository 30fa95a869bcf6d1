package io.tollgate.grpc.transcoding.json;

/** Which properties of one object were read, which oneofs they set, and which required fields. */
final class FieldFlags {
    private static final long[] NONE = {};

    private final int fields;
    private final int oneofs;

    private long first;
    private final long[] more;

    FieldFlags(MessageCodec codec) {
        fields = codec.fields.length;
        oneofs = codec.oneofs;
        int flags = fields + oneofs + (codec.required.length == 0 ? 0 : fields);
        more = flags <= Long.SIZE ? NONE : new long[(flags - 1) / Long.SIZE];
    }

    /** Returns false if the property was read before. */
    boolean see(int field) {
        return add(field);
    }

    /** Returns false if another member of the oneof is set. */
    boolean seeOneof(int oneof) {
        return add(fields + oneof);
    }

    /** Returns false if the field was set before; only for messages with required fields. */
    boolean set(int field) {
        return add(fields + oneofs + field);
    }

    private boolean add(int flag) {
        long bit = 1L << flag;
        if (flag < Long.SIZE) {
            boolean added = (first & bit) == 0;
            first |= bit;
            return added;
        }
        int word = flag / Long.SIZE - 1;
        boolean added = (more[word] & bit) == 0;
        more[word] |= bit;
        return added;
    }
}
