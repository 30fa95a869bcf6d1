package io.tollgate.grpc.transcoding.json;

import io.tollgate.api.CommonError;
import io.tollgate.api.FieldViolation;
import io.tollgate.api.GatewayException;
import java.util.ArrayList;
import java.util.List;

/** The violations of one request. */
final class Violations {
    private static final int MAX = 50;

    private final List<FieldViolation> violations = new ArrayList<>(0);

    /** @throws GatewayException with all violations if there are as many as are reported at once */
    void add(String field, Problem problem) {
        violations.add(new FieldViolation(field, problem.code(), problem.message()));
        if (violations.size() == MAX) {
            throw failure();
        }
    }

    /** @throws GatewayException with all violations if there are any */
    void check() {
        if (!violations.isEmpty()) {
            throw failure();
        }
    }

    GatewayException failure() {
        return GatewayException.builder(CommonError.INVALID_ARGUMENT, "Some fields are not valid.")
                .violations(violations)
                .build();
    }
}
