package io.tollgate.examples.services.server;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

/** Collects the fields of a request that break a rule, to refuse them all at once. Not thread-safe. */
public final class Validation {
    private final BadRequest.Builder problems = BadRequest.newBuilder();

    /**
     * Notes a field unless it is as it should be.
     *
     * @param field as the message's definition has it
     * @param rule what is broken otherwise, for programs
     * @param expected what would be right, for a person; never repeats the value
     * @return whether it is as it should be
     */
    public boolean require(boolean holds, String field, String rule, String expected) {
        if (!holds) {
            problems.addFieldViolations(BadRequest.FieldViolation.newBuilder()
                    .setField(field)
                    .setReason(rule)
                    .setDescription(expected));
        }
        return holds;
    }

    /** Throws {@code INVALID_ARGUMENT} with a {@code google.rpc.BadRequest} if any field was noted. */
    public void refuseIfAnyFailed() {
        if (problems.getFieldViolationsCount() > 0) {
            throw refusal();
        }
    }

    private StatusRuntimeException refusal() {
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(Code.INVALID_ARGUMENT_VALUE)
                .setMessage("The request is not valid.")
                .addDetails(Any.pack(problems.build()))
                .build());
    }
}
