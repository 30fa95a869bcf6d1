package io.tollgate.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.tollgate.api.FieldViolation;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The {@code google.rpc} details that a status may have in its trailers, read and written. */
final class StatusDetails {
    /** The domain of reasons that are codes of Tollgate. */
    static final String DOMAIN = "tollgate.io";

    private static final Logger log = LoggerFactory.getLogger(StatusDetails.class);
    private static final Metadata.Key<byte[]> KEY =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
    private static final int MAX_VIOLATIONS = 100;
    private static final int MAX_POLICIES = 10;
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    /** A client accepts 8 KiB of trailers by default, in which these bytes are in base64. */
    private static final int MAX_VIOLATION_BYTES = 4_096;

    /** A longer message leaves less for the violations: it travels in base64 and, percent-encoded, in a trailer of its own. */
    private static final int USUAL_MESSAGE_BYTES = OneLine.MAX_LENGTH;

    private static final StatusDetails NONE = new StatusDetails(com.google.rpc.Status.getDefaultInstance(), null);

    private final com.google.rpc.Status status;
    private final @Nullable String pushback;

    private StatusDetails(com.google.rpc.Status status, @Nullable String pushback) {
        this.status = status;
        this.pushback = pushback;
    }

    /** Returns the details of a failure; none where they did not come from the upstream, or cannot be read. */
    static StatusDetails of(CallFailure failure) {
        if (!failure.genuine()) {
            return NONE;
        }
        byte[] bytes = failure.trailers().get(KEY);
        String pushback = failure.trailers().get(PUSHBACK);
        return bytes == null && pushback == null
                ? NONE
                : new StatusDetails(bytes == null ? NONE.status : parse(bytes, failure.call()), pushback);
    }

    /** Returns the details in the trailers of a call of this server. */
    static StatusDetails of(Metadata trailers) {
        byte[] bytes = trailers.get(KEY);
        return bytes == null ? NONE : new StatusDetails(parse(bytes, "a call of this server"), null);
    }

    private static com.google.rpc.Status parse(byte[] bytes, String call) {
        try {
            return com.google.rpc.Status.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            log.warn("{}: ignored malformed grpc-status-details-bin: {}", call, e.getMessage());
            return NONE.status;
        }
    }

    /** Returns the trailers with the parts of {@code error} that {@code status} does not have. */
    static Metadata trailers(Status status, GatewayException error) {
        ByteString message = ByteString.copyFromUtf8(status.getDescription() == null ? "" : status.getDescription());
        com.google.rpc.Status.Builder details = com.google.rpc.Status.newBuilder()
                .setCode(status.getCode().value())
                .setMessageBytes(message)
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(error.code().name())
                        .setDomain(DOMAIN)
                        .build()));
        BadRequest badRequest = badRequest(error.violations(), message.size());
        if (badRequest.getFieldViolationsCount() > 0) {
            details.addDetails(Any.pack(badRequest));
        }
        error.problem().map(StatusDetails::quotaFailure).ifPresent(quotas -> {
            if (quotas.getViolationsCount() > 0) {
                details.addDetails(Any.pack(quotas));
            }
        });
        Metadata trailers = new Metadata();
        error.retryAfter().ifPresent(given -> {
            Duration wait = bounded(given);
            details.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(com.google.protobuf.Duration.newBuilder()
                            .setSeconds(wait.getSeconds())
                            .setNanos(wait.getNano()))
                    .build()));
            trailers.put(PUSHBACK, Long.toString(wait.plusNanos(999_999).toMillis()));
        });
        trailers.put(KEY, details.build().toByteArray());
        return trailers;
    }

    private static BadRequest badRequest(List<FieldViolation> violations, int messageBytes) {
        int limit = MAX_VIOLATION_BYTES - 2 * Math.max(0, messageBytes - USUAL_MESSAGE_BYTES);
        BadRequest.Builder badRequest = BadRequest.newBuilder();
        int size = 0;
        for (FieldViolation violation : violations) {
            BadRequest.FieldViolation one = BadRequest.FieldViolation.newBuilder()
                    .setField(violation.field())
                    .setReason(violation.code())
                    .setDescription(violation.message())
                    .build();
            size += CodedOutputStream.computeMessageSize(BadRequest.FIELD_VIOLATIONS_FIELD_NUMBER, one);
            if (size > limit || badRequest.getFieldViolationsCount() == MAX_VIOLATIONS) {
                break;
            }
            badRequest.addFieldViolations(one);
        }
        return badRequest.build();
    }

    /** Returns a violation for each policy that the problem of a rate limit names. */
    private static QuotaFailure quotaFailure(Problem problem) {
        QuotaFailure.Builder quotas = QuotaFailure.newBuilder();
        if (problem.extensions().get("violated-policies") instanceof List<?> policies) {
            for (Object policy : policies.subList(0, Math.min(policies.size(), MAX_POLICIES))) {
                quotas.addViolations(QuotaFailure.Violation.newBuilder()
                        .setSubject("policy:" + OneLine.of(String.valueOf(policy)))
                        .setDescription(OneLine.of(problem.title())));
            }
        }
        return quotas.build();
    }

    private static Duration bounded(Duration wait) {
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    /** Returns the fields at fault, at most {@value #MAX_VIOLATIONS}, under the names they have in JSON. */
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

    /** Returns the time to wait that the upstream gives, up to a day, if it gives one. */
    Optional<Duration> retryAfter() {
        for (RetryInfo info : all(RetryInfo.class)) {
            com.google.protobuf.Duration delay = info.getRetryDelay();
            if (info.hasRetryDelay() && delay.getSeconds() >= 0 && delay.getNanos() >= 0) {
                long seconds = Math.min(delay.getSeconds(), LONGEST_WAIT.toSeconds());
                return Optional.of(bounded(Duration.ofSeconds(seconds, delay.getNanos())));
            }
        }
        return pushback == null ? Optional.empty() : milliseconds(pushback);
    }

    /** Returns the pause before a retry that the upstream gives, or else {@code usual}; none if it wants no retry. */
    Optional<Duration> pause(Duration usual) {
        return pushback != null && milliseconds(pushback).isEmpty()
                ? Optional.empty()
                : Optional.of(retryAfter().orElse(usual));
    }

    /** Returns the pushback, if it is a time: negative or malformed, it means that there should be no retry (gRFC A6). */
    private static Optional<Duration> milliseconds(String pushback) {
        try {
            int millis = Integer.parseInt(pushback);
            return millis < 0 ? Optional.empty() : Optional.of(bounded(Duration.ofMillis(millis)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Returns whether an {@code ErrorInfo} has this reason, in whichever domain. */
    boolean hasReason(String reason) {
        for (ErrorInfo info : all(ErrorInfo.class)) {
            if (info.getReason().equals(reason)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the reason in the domain {@value #DOMAIN}, if there is one. */
    @Nullable
    String ownReason() {
        for (ErrorInfo info : all(ErrorInfo.class)) {
            if (info.getDomain().equals(DOMAIN)) {
                return info.getReason();
            }
        }
        return null;
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

    /** {@code refresh_token} is {@code refreshToken} in JSON; the client knows only that name. The keys of maps stay. */
    private static String camelCase(String field) {
        if (field.indexOf('_') < 0) {
            return field;
        }
        StringBuilder name = new StringBuilder(field.length());
        boolean upper = false;
        boolean quoted = false;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            quoted ^= c == '"';
            if (c == '_' && i > 0 && !quoted) {
                upper = true;
            } else {
                name.append(upper ? Character.toUpperCase(c) : c);
                upper = false;
            }
        }
        return name.toString();
    }
}
