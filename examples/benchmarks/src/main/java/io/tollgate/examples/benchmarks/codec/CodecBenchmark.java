package io.tollgate.examples.benchmarks.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.grpc.transcoding.json.Codecs;
import io.tollgate.grpc.transcoding.json.FixedFields;
import io.tollgate.grpc.transcoding.json.JsonOptions;
import io.tollgate.grpc.transcoding.json.JsonOutput;
import io.tollgate.grpc.transcoding.json.MessageCodec;
import io.tollgate.grpc.transcoding.json.RequestMessage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The codecs of transcoding beside {@link JsonFormat} with {@link DynamicMessage}, which is how a gateway converts without
 * generated code: a body to the bytes of the request, and the bytes of a response to a body. For the allocation:
 *
 * <pre>
 * $ java -jar examples/benchmarks/target/benchmarks.jar CodecBenchmark -prof gc
 * </pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
@State(Scope.Benchmark)
public class CodecBenchmark {
    /** The message that is converted. */
    @Param
    public Sample sample = Sample.SMALL;

    private final JsonFormat.Printer printer = JsonFormat.printer().omittingInsignificantWhitespace();
    private final JsonFormat.Parser parser = JsonFormat.parser();

    private Descriptor type = Sample.SMALL.message().getDescriptorForType();
    private MessageCodec codec = codec(type);
    private FixedFields fixed = FixedFields.builder(type).build();
    private byte[] message = {};
    private byte[] json = {};

    /** Makes both forms of the message. */
    @Setup
    public void setUp() throws InvalidProtocolBufferException {
        Message original = sample.message();
        type = original.getDescriptorForType();
        codec = codec(type);
        fixed = FixedFields.builder(type).build();
        message = original.toByteArray();
        json = printer.print(original).getBytes(UTF_8);
    }

    private static MessageCodec codec(Descriptor type) {
        return Codecs.of(List.of(type.getFile()), JsonOptions.DEFAULTS).of(type);
    }

    /** Reads a body. */
    @Benchmark
    public byte[] read() {
        RequestMessage request = codec.request(fixed);
        request.readBody(json);
        return request.toByteArray();
    }

    /** Reads a body with JsonFormat. */
    @Benchmark
    public byte[] readWithJsonFormat() throws InvalidProtocolBufferException {
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
        parser.merge(new String(json, UTF_8), builder);
        return builder.build().toByteArray();
    }

    /** Writes a response. */
    @Benchmark
    public ByteBuffer write() {
        JsonOutput output = new JsonOutput(2 * message.length);
        codec.write(message, output);
        return output.toByteBuffer();
    }

    /** Writes a response with JsonFormat. */
    @Benchmark
    public byte[] writeWithJsonFormat() throws InvalidProtocolBufferException {
        return printer.print(DynamicMessage.parseFrom(type, message)).getBytes(UTF_8);
    }
}
