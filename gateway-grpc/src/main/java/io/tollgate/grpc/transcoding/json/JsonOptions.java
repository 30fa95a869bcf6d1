package io.tollgate.grpc.transcoding.json;

/**
 * The choices that ProtoJSON leaves open for what is written.
 *
 * @param preserveProtoNames writes {@code page_token}, not {@code pageToken}; both are always read
 * @param emitDefaultValues writes scalars, lists and maps with their default values; never messages, optional fields and
 *     members of oneofs
 */
public record JsonOptions(boolean preserveProtoNames, boolean emitDefaultValues) {
    /** JSON names, and no default values. */
    public static final JsonOptions DEFAULTS = new JsonOptions(false, false);
}
