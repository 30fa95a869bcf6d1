package io.tollgate.grpc.transcoding;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A reason why a set of descriptors cannot be served.
 *
 * @param source the file or the server from which the descriptors come, such as {@code library.binpb}
 * @param file the {@code .proto} file at fault, if it is known
 * @param service the full name of the service at fault, if it is known
 * @param method the name of the method at fault, without its service, if it is known
 * @param message the fault, and what is expected instead
 */
public record TranscodingProblem(
        String source, Optional<String> file, Optional<String> service, Optional<String> method, String message) {
    public TranscodingProblem {
        requireNonNull(source, "source");
        requireNonNull(file, "file");
        requireNonNull(service, "service");
        requireNonNull(method, "method");
        requireNonNull(message, "message");
    }

    static TranscodingProblem of(String source, String message) {
        return new TranscodingProblem(source, Optional.empty(), Optional.empty(), Optional.empty(), message);
    }

    static TranscodingProblem ofFile(String source, String file, String message) {
        return new TranscodingProblem(source, Optional.of(file), Optional.empty(), Optional.empty(), message);
    }

    /** Returns all of it as one line: {@code library.binpb: library.proto: library.v1.LibraryService.GetBook: …}. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(source).append(": ");
        file.ifPresent(name -> line.append(name).append(": "));
        service.ifPresent(name -> {
            line.append(name);
            method.ifPresent(bare -> line.append('.').append(bare));
            line.append(": ");
        });
        return line.append(message).toString();
    }
}
