package io.tollgate.grpc.transcoding.json;

import com.google.protobuf.Descriptors.FieldDescriptor;

/**
 * A rule that a value breaks.
 *
 * @param code for programs, such as {@code OUT_OF_RANGE}
 * @param message for people: a sentence whose subject is the field
 */
record Problem(String code, String message) {
    static final String WRONG_TYPE = "WRONG_TYPE";
    static final String OUT_OF_RANGE = "OUT_OF_RANGE";
    static final String INVALID_FORMAT = "INVALID_FORMAT";

    static final Problem NOT_UTF8 = new Problem("INVALID_UTF8", "must be valid UTF-8");
    static final Problem HALF_SURROGATE =
            new Problem("INVALID_UNICODE", "must not contain half of a surrogate pair without the other half");
    static final Problem DUPLICATE = new Problem("DUPLICATE_FIELD", "must not be given twice");
    static final Problem DUPLICATE_KEY = new Problem("DUPLICATE_KEY", "must not have the same key twice");
    static final Problem NULL_ELEMENT = new Problem("NULL_VALUE", "must not be null in a list or a map");
    static final Problem REQUIRED = new Problem("REQUIRED", "is required");
    static final Problem TOO_DEEP = new Problem(
            "TOO_DEEP", "must not be nested deeper than " + Nesting.LIMIT + " levels, of JSON and of messages");

    static final Problem NOT_OBJECT = new Problem(WRONG_TYPE, "must be an object");
    static final Problem NOT_LIST = new Problem(WRONG_TYPE, "must be an array");
    static final Problem NOT_STRING = new Problem(WRONG_TYPE, "must be a string");
    static final Problem NOT_BOOLEAN = new Problem(WRONG_TYPE, "must be true or false");
    static final Problem NOT_NUMBER =
            new Problem(WRONG_TYPE, "must be a number, or one of \"NaN\", \"Infinity\" and \"-Infinity\"");
    static final Problem NOT_FINITE = new Problem(OUT_OF_RANGE, "must be in the range of 64-bit floating point");
    static final Problem FLOAT_RANGE = new Problem(OUT_OF_RANGE, "must be in the range of 32-bit floating point");
    static final Problem NOT_BASE64 =
            new Problem(INVALID_FORMAT, "must be base64 or base64url, with or without padding");
    static final Problem NOT_TIMESTAMP =
            new Problem(INVALID_FORMAT, "must be a time of RFC 3339, such as 2026-01-31T12:30:00.5Z");
    static final Problem TIMESTAMP_RANGE =
            new Problem(OUT_OF_RANGE, "must be from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z");
    static final Problem NOT_DURATION =
            new Problem(INVALID_FORMAT, "must be seconds with the suffix s and at most 9 decimals, such as 1.5s");
    static final Problem DURATION_RANGE = new Problem(OUT_OF_RANGE, "must be from -315576000000s to 315576000000s");
    static final Problem NOT_FIELD_MASK =
            new Problem(INVALID_FORMAT, "must be the names of fields in lowerCamelCase, separated by commas");

    private static final Problem NOT_INT32 =
            new Problem(WRONG_TYPE, "must be an integer from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE);
    private static final Problem NOT_UINT32 = new Problem(WRONG_TYPE, "must be an integer from 0 to 4294967295");
    private static final Problem NOT_INT64 =
            new Problem(WRONG_TYPE, "must be an integer from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE);
    private static final Problem NOT_UINT64 =
            new Problem(WRONG_TYPE, "must be an integer from 0 to 18446744073709551615");

    private static final Problem INT32_RANGE = new Problem(OUT_OF_RANGE, NOT_INT32.message);
    private static final Problem UINT32_RANGE = new Problem(OUT_OF_RANGE, NOT_UINT32.message);
    private static final Problem INT64_RANGE = new Problem(OUT_OF_RANGE, NOT_INT64.message);
    private static final Problem UINT64_RANGE = new Problem(OUT_OF_RANGE, NOT_UINT64.message);

    /** Returns the problem of a second member of a oneof. */
    static Problem oneof(String name) {
        return new Problem("ONEOF_CONFLICT", "must not be given together with another field of the oneof " + name);
    }

    /** Returns the problem of a value that is no integer. */
    static Problem notInteger(FieldDescriptor.Type type) {
        return switch (type) {
            case UINT32, FIXED32 -> NOT_UINT32;
            case INT64, SINT64, SFIXED64 -> NOT_INT64;
            case UINT64, FIXED64 -> NOT_UINT64;
            default -> NOT_INT32;
        };
    }

    /** Returns the problem of an integer that is too large or too small. */
    static Problem integerRange(FieldDescriptor.Type type) {
        return switch (type) {
            case UINT32, FIXED32 -> UINT32_RANGE;
            case INT64, SINT64, SFIXED64 -> INT64_RANGE;
            case UINT64, FIXED64 -> UINT64_RANGE;
            default -> INT32_RANGE;
        };
    }
}
