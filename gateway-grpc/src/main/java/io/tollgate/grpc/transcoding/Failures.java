package io.tollgate.grpc.transcoding;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.DebugInfo;
import com.google.rpc.ErrorInfo;
import com.google.rpc.LocalizedMessage;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.grpc.GrpcErrors;
import io.tollgate.grpc.transcoding.json.Codecs;
import io.tollgate.grpc.transcoding.json.JsonOutput;
import io.tollgate.grpc.transcoding.json.UnusableMessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the errors of calls that failed: those of {@link GrpcErrors}, with all that a client may know of a service's details. */
final class Failures {
    private static final Logger log = LoggerFactory.getLogger(Failures.class);
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final String ERROR_INFO = ErrorInfo.getDescriptor().getFullName();
    private static final int MAX_INFO = 20;

    /** Details with a place of their own in the error, or none. */
    private static final Set<String> PLACED = Set.of(
            BadRequest.getDescriptor().getFullName(),
            DebugInfo.getDescriptor().getFullName(),
            LocalizedMessage.getDescriptor().getFullName(),
            RetryInfo.getDescriptor().getFullName());

    private Failures() {}

    /**
     * Returns the error of a call.
     *
     * @param status with a cause if the service did not send it
     * @param codecs of the types that details may have
     */
    static GatewayException of(Status status, Metadata trailers, Codecs codecs) {
        GatewayException error = GrpcErrors.from(status, trailers);
        byte[] bytes = status.getCause() == null ? trailers.get(DETAILS) : null;
        if (bytes == null || error.code().isServerFault()) {
            return error;
        }
        com.google.rpc.Status details;
        try {
            details = com.google.rpc.Status.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return error; // which is logged where it was read first
        }
        return detailed(error, status, trailers, details.getDetailsList(), codecs);
    }

    private static GatewayException detailed(
            GatewayException error, Status status, Metadata trailers, List<Any> details, Codecs codecs) {
        String message = error.getMessage();
        LocalizedMessage localized = first(details, LocalizedMessage.class);
        if (localized != null && !localized.getMessage().isBlank()) {
            // As one printable line, like any message of a service.
            message = GrpcErrors.from(status.withDescription(localized.getMessage()), trailers)
                    .getMessage();
        }
        ErrorInfo info = first(details, ErrorInfo.class);
        boolean named = info != null && ErrorCode.isName(info.getReason());
        ErrorCode code = named ? code(info.getReason(), error.code()) : error.code();
        GatewayException.Builder detailed =
                GatewayException.builder(code, message).violations(error.violations());
        error.retryAfter().ifPresent(detailed::retryAfter);
        error.headers().forEach((name, value) -> {
            if (!name.equals("Retry-After")) {
                detailed.header(name, value);
            }
        });
        List<Object> others = others(details, named, codecs);
        if (!others.isEmpty()) {
            detailed.detail("info", others);
        }
        return detailed.cause(new StatusRuntimeException(status, trailers)).build();
    }

    /** Returns the reason as a code. */
    private static ErrorCode code(String reason, ErrorCode usual) {
        if (reason.equals(usual.name())) {
            return usual;
        }
        for (CommonError known : CommonError.values()) {
            if (known.name().equals(reason)
                    && known.type() == usual.type()
                    && known.httpStatus() == usual.httpStatus()) {
                return known;
            }
        }
        return ErrorCode.of(reason, usual.type(), usual.httpStatus());
    }

    /**
     * Returns the details without a place of their own, as JSON. Those of unknown types, and with a {@code DebugInfo} inside, are
     * left out.
     *
     * @param named whether the reason of an {@code ErrorInfo} is the code, which is its place
     */
    private static List<Object> others(List<Any> details, boolean named, Codecs codecs) {
        List<Object> others = new ArrayList<>();
        for (Any detail : details) {
            String type = detail.getTypeUrl().substring(detail.getTypeUrl().lastIndexOf('/') + 1);
            boolean placed = PLACED.contains(type) || (named && type.equals(ERROR_INFO));
            if (!placed && others.size() < MAX_INFO) {
                JsonOutput json = new JsonOutput(256);
                try {
                    codecs.of(Any.getDescriptor()).write(detail.toByteArray(), json);
                    if (DebugInfos.isWithin(detail, codecs)) {
                        continue;
                    }
                    others.add(JsonTree.parse(json.toByteArray()));
                } catch (UnusableMessageException | InvalidProtocolBufferException e) {
                    log.debug("left a detail of a gRPC status out: {}", e.getMessage());
                }
            }
        }
        return others;
    }

    private static <T extends com.google.protobuf.Message> @Nullable T first(List<Any> details, Class<T> type) {
        for (Any detail : details) {
            if (detail.is(type)) {
                try {
                    return detail.unpack(type);
                } catch (InvalidProtocolBufferException e) {
                    log.debug("left a malformed {} out: {}", type.getSimpleName(), e.getMessage());
                }
            }
        }
        return null;
    }
}
