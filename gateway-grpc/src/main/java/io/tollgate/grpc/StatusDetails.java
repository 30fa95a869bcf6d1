package io.tollgate.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.tollgate.api.FieldViolation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The {@code google.rpc} details that a status may carry in its trailers. */
final class StatusDetails {
    static final StatusDetails NONE = new StatusDetails(com.google.rpc.Status.getDefaultInstance());

    private static final Logger log = LoggerFactory.getLogger(StatusDetails.class);
    private static final Metadata.Key<byte[]> KEY =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final int MAX_VIOLATIONS = 100;
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private final com.google.rpc.Status status;

    private StatusDetails(com.google.rpc.Status status) {
        this.status = status;
    }

    /** The details of a failure; none where they did not come from the upstream, or cannot be read. */
    static StatusDetails of(CallFailure failure) {
        byte[] bytes = failure.genuine() ? failure.trailers().get(KEY) : null;
        if (bytes == null) {
            return NONE;
        }
        try {
            return new StatusDetails(com.google.rpc.Status.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            log.warn("{}: ignored malformed grpc-status-details-bin: {}", failure.call(), e.getMessage());
            return NONE;
        }
    }

    /** The fields at fault, at most {@value #MAX_VIOLATIONS}, under the names they have in JSON. */
    List<FieldViolation> violations() {
        List<FieldViolation> violations = new ArrayList<>();
        for (BadRequest badRequest : all(BadRequest.class)) {
            for (BadRequest.FieldViolation v : badRequest.getFieldViolationsList()) {
                if (violations.size() == MAX_VIOLATIONS) {
                    return violations;
                }
                String reason = OneLine.of(v.getReason());
                String description = OneLine.of(v.getDescription());
                violations.add(new FieldViolation(
                        camelCase(OneLine.of(v.getField())),
                        reason.isEmpty() ? "INVALID" : reason,
                        description.isEmpty() ? "is not valid" : description));
            }
        }
        return violations;
    }

    /** How long the upstream asks to wait, up to a day; absent where it does not say. */
    Optional<Duration> retryAfter() {
        for (RetryInfo info : all(RetryInfo.class)) {
            com.google.protobuf.Duration delay = info.getRetryDelay();
            if (info.hasRetryDelay() && delay.getSeconds() >= 0 && delay.getNanos() >= 0) {
                return Optional.of(
                        delay.getSeconds() >= LONGEST_WAIT.toSeconds()
                                ? LONGEST_WAIT
                                : Duration.ofSeconds(delay.getSeconds(), delay.getNanos()));
            }
        }
        return Optional.empty();
    }

    /** Whether an {@code ErrorInfo} gives this reason. */
    boolean hasReason(String reason) {
        for (ErrorInfo info : all(ErrorInfo.class)) {
            if (info.getReason().equals(reason)) {
                return true;
            }
        }
        return false;
    }

    private <T extends Message> List<T> all(Class<T> type) {
        List<T> found = new ArrayList<>(1);
        for (Any detail : status.getDetailsList()) {
            if (detail.is(type)) {
                try {
                    found.add(detail.unpack(type));
                } catch (InvalidProtocolBufferException e) {
                    log.warn("ignored a malformed {} in a gRPC status: {}", type.getSimpleName(), e.getMessage());
                }
            }
        }
        return found;
    }

    /** {@code refresh_token} is {@code refreshToken} in JSON; the client knows only that name. */
    private static String camelCase(String field) {
        if (field.indexOf('_') < 0) {
            return field;
        }
        StringBuilder name = new StringBuilder(field.length());
        boolean upper = false;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '_' && i > 0) {
                upper = true;
            } else {
                name.append(upper ? Character.toUpperCase(c) : c);
                upper = false;
            }
        }
        return name.toString();
    }
}
