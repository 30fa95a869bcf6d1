package io.tollgate.undertow;

import static io.tollgate.undertow.Http2Exception.require;

import io.tollgate.api.GatewayException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The streams of one connection (RFC 9113, section 5), and what the client does to them. Belongs to the connection's I/O thread. */
final class Http2Streams implements Http2Reader.Frames {
    /** The content that may arrive without being read, of all streams, in bytes. */
    static final int RECEIVE_WINDOW = 256 * 1024;

    private static final String OUT_OF_RANGE = "a setting is out of its range";

    private final Http2Connection connection;
    private final ServerSettings settings;
    private final HpackDecoder decoder = new HpackDecoder();
    private final HpackEncoder encoder = new HpackEncoder();
    private final Http2Budget budget = new Http2Budget();
    private final Http2Closed reset = new Http2Closed();
    private final Http2Phases phases = new Http2Phases();
    private final Http2Rejection rejection;
    private final Http2Memory memory;
    private final Map<Integer, Http2Stream> open = new HashMap<>();

    private int last;
    private int initialWindow = Http2Frame.DEFAULT_WINDOW;
    private int receiveWindow = RECEIVE_WINDOW;
    private int credit;
    private int kept;

    Http2Streams(Http2Connection connection, ServerSettings settings) {
        this.connection = connection;
        this.settings = settings;
        this.rejection = new Http2Rejection(connection, encoder);
        this.memory = new Http2Memory(connection.guarded());
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** Returns the highest number of a stream that was accepted. */
    int last() {
        return last;
    }

    HpackEncoder encoder() {
        return encoder;
    }

    Http2Memory memory() {
        return memory;
    }

    /** Returns the phase of the streams together, which must not be empty. */
    Phase phase() {
        return phases.together(memory.isUsed());
    }

    /** A stream has gone from one phase to another. */
    void moved(Phase from, Phase to) {
        phases.moved(from, to);
        connection.settle();
    }

    /** Reserves room for what is kept of a field section; returns whether there is any. */
    boolean keeps(int bytes) {
        boolean fits = bytes <= kept || memory.hold(bytes - kept);
        if (bytes < kept) {
            memory.release(kept - bytes);
        }
        if (fits) {
            kept = bytes;
        }
        return fits;
    }

    /** Opens the first stream, after an upgrade. */
    void upgraded(Http2Head head, ByteBuffer clientSettings) throws IOException {
        while (clientSettings.remaining() >= 6) {
            setting(clientSettings.getShort() & 0xffff, clientSettings.getInt() & 0xffff_ffffL);
        }
        last = 1;
        open(head, true);
    }

    @Override
    public boolean mayGoOn() {
        return connection.mayRead();
    }

    @Override
    public void headers(int id, ByteBuffer section, boolean ends, boolean dependsOnItself) throws IOException {
        Http2Stream stream = open.get(id);
        if (stream != null) {
            trailers(stream, section, ends);
            return;
        }
        Http2Head head = new Http2Head(settings.heads());
        decoder.decode(section, head);
        if (id <= last || id % 2 == 0) {
            if (!reset.contains(id)) {
                throw new Http2Exception(
                        id % 2 == 0 ? Http2Error.PROTOCOL_ERROR : Http2Error.STREAM_CLOSED,
                        "a request is not on a new stream");
            }
            budget.frame();
            return;
        }
        if (connection.isLast()) {
            budget.frame();
            return; // The client has been told that it is not served.
        }
        last = id;
        if (open.size() >= settings.maxStreams()) {
            budget.frame();
            reset.add(id, Http2Frame.DEFAULT_WINDOW);
            connection.output().reset(id, Http2Error.REFUSED_STREAM);
            return;
        }
        String fault = head.complete();
        if (fault != null) {
            reject(id, Rejections.invalid(fault));
        } else if (dependsOnItself || (ends && head.contentLength() > 0)) {
            reject(id, Rejections.invalid("The request is not valid HTTP/2."));
        } else {
            open(head, ends);
        }
    }

    /** Opens the last stream, or rejects its request if there is no room for its head. */
    private void open(Http2Head head, boolean ends) throws Http2Exception {
        if (!memory.hold(head.heap())) {
            reject(last, Rejections.overloaded());
            return;
        }
        Http2Stream stream = new Http2Stream(last, connection, initialWindow, ends);
        open.put(last, stream);
        phases.begun(stream.phase());
        Http2Transaction transaction = new Http2Transaction(stream, head, settings.limits());
        stream.begin(transaction);
        transaction.begin(connection.server().endpoint());
        transaction.requestBody().takeArrived();
        transaction.respond();
    }

    private void reject(int id, GatewayException reason) throws Http2Exception {
        reset.add(id, Http2Frame.DEFAULT_WINDOW);
        rejection.reject(id, reason, initialWindow);
        budget.reset();
    }

    private void trailers(Http2Stream stream, ByteBuffer section, boolean ends) throws IOException {
        boolean[] sound = {ends && !stream.isRemoteEnded()};
        decoder.decode(section, (name, value) -> sound[0] &= !name.startsWith(":"));
        budget.frame();
        if (!sound[0]) {
            fault(stream, stream.isRemoteEnded() ? Http2Error.STREAM_CLOSED : Http2Error.PROTOCOL_ERROR);
        } else {
            receive(stream, ByteBuffer.allocate(0), 0, true);
        }
    }

    @Override
    public void data(int id, ByteBuffer content, int flow, boolean ends) throws IOException {
        receiveWindow -= flow;
        require(receiveWindow >= 0, Http2Error.FLOW_CONTROL_ERROR, "the window of the connection is exceeded");
        if (!content.hasRemaining() && !ends) {
            budget.frame();
        }
        Http2Stream stream = open.get(id);
        if (stream == null) {
            stray(id, flow);
        } else if (stream.isRemoteEnded()) {
            credit(flow);
            fault(stream, Http2Error.STREAM_CLOSED);
        } else if (stream.received(flow) > 0) {
            credit(flow);
            fault(stream, Http2Error.FLOW_CONTROL_ERROR);
        } else {
            receive(stream, content, flow, ends);
        }
    }

    private void receive(Http2Stream stream, ByteBuffer content, int flow, boolean ends) throws Http2Exception {
        if (ends) {
            stream.remoteEnded();
        }
        Http2Body body = stream.transaction().requestBody();
        if (!body.isSound(content.remaining(), ends)) {
            if (stream.transaction().hasResponded()) { // It has begun, and is given up.
                credit(flow);
                fault(stream, Http2Error.PROTOCOL_ERROR);
                return;
            }
            stream.transaction().malformed();
        }
        body.receive(content, flow, ends);
        if (ends && stream.isLocalEnded() && open.containsKey(stream.id())) {
            served(stream);
        }
    }

    private void stray(int id, int flow) throws IOException {
        begun(id);
        if (id <= last) {
            require(reset.contains(id), Http2Error.STREAM_CLOSED, "content comes on a stream that has ended");
            require(reset.receive(id, flow), Http2Error.FLOW_CONTROL_ERROR, "the window of a stream is exceeded");
        }
        credit(flow);
    }

    /** Checks that a stream has begun, unless it is one that is not served because the connection ends. */
    private void begun(int id) throws Http2Exception {
        boolean allowed = id <= last || connection.isLast();
        require(allowed, Http2Error.PROTOCOL_ERROR, "a frame is on a stream that has not begun");
    }

    /** Lets the client send as many bytes again on the connection. */
    void credit(int bytes) {
        credit += bytes;
        if (credit >= RECEIVE_WINDOW / 2) {
            connection.output().window(0, credit);
            receiveWindow += credit;
            credit = 0;
            connection.writer().soon();
        }
    }

    @Override
    public void other(int id, boolean dependsOnItself) throws IOException {
        budget.frame();
        if (dependsOnItself) {
            fault(id, Http2Error.PROTOCOL_ERROR);
        }
    }

    @Override
    public void reset(int id) throws IOException {
        Http2Stream stream = open.get(id);
        if (stream != null) {
            remove(stream);
            budget.reset();
        } else {
            begun(id);
            budget.frame();
        }
    }

    @Override
    public void setting(int id, long value) throws IOException {
        switch (id) {
            case Http2Frame.ENABLE_PUSH -> require(value <= 1, Http2Error.PROTOCOL_ERROR, OUT_OF_RANGE);
            case Http2Frame.MAX_FRAME_SIZE ->
                require(value >= Http2Frame.MAX_SIZE && value < 1 << 24, Http2Error.PROTOCOL_ERROR, OUT_OF_RANGE);
            case Http2Frame.INITIAL_WINDOW_SIZE -> {
                require(value <= Http2Frame.MAX_WINDOW, Http2Error.FLOW_CONTROL_ERROR, OUT_OF_RANGE);
                long change = value - initialWindow;
                initialWindow = (int) value;
                for (Http2Stream stream : open.values()) {
                    require(stream.open(change), Http2Error.FLOW_CONTROL_ERROR, OUT_OF_RANGE);
                }
            }
            default -> {}
        }
    }

    @Override
    public void settingsEnd(boolean ack) throws IOException {
        budget.frame();
        if (!ack) {
            connection.output().settingsAck();
        }
    }

    @Override
    public void ping(long data, boolean ack) throws IOException {
        budget.frame();
        if (!ack) {
            connection.output().ping(data, true);
        } else if (data == Http2Connection.DRAIN_PING) {
            connection.drained();
        }
    }

    @Override
    public void goAway() throws IOException {
        budget.frame();
        connection.endAfterStreams();
    }

    @Override
    public void window(int id, int increment) throws IOException {
        budget.frame();
        if (id == 0) {
            require(increment > 0, Http2Error.PROTOCOL_ERROR, "a window is opened by nothing");
            require(connection.writer().open(increment), Http2Error.FLOW_CONTROL_ERROR, "a window is too large");
            return;
        }
        Http2Stream stream = open.get(id);
        begun(id);
        if (id > last) {
            return;
        }
        if (increment == 0) {
            fault(id, Http2Error.PROTOCOL_ERROR);
        } else if (stream != null && !stream.open(increment)) {
            fault(stream, Http2Error.FLOW_CONTROL_ERROR);
        }
    }

    private void fault(int id, Http2Error error) throws Http2Exception {
        Http2Stream stream = open.get(id);
        if (stream != null) {
            fault(stream, error);
        } else {
            connection.output().reset(id, error);
            budget.reset();
        }
    }

    /** Resets a stream for a fault of the client's. */
    private void fault(Http2Stream stream, Http2Error error) throws Http2Exception {
        reset(stream, error);
        budget.reset();
    }

    /** Ends a stream before its time. */
    void reset(Http2Stream stream, Http2Error error) {
        if (open.get(stream.id()) == stream) {
            if (!stream.isRemoteEnded()) {
                reset.add(stream.id(), stream.receiveWindow());
            }
            connection.output().reset(stream.id(), error);
            connection.writer().soon();
            remove(stream);
        }
    }

    /** Ends a stream whose response breaks off. If the client takes nothing on any stream, the connection ends with it. */
    void cut(Http2Stream stream) {
        boolean stalled = stream.phase() == Phase.STALLED;
        if (stalled && (connection.writer().isBlocked() || connection.writer().window() <= 0)) {
            connection.guarded().close();
            return;
        }
        reset(stream, stalled ? Http2Error.CANCEL : Http2Error.INTERNAL_ERROR);
        if (stalled) {
            try {
                budget.reset();
            } catch (Http2Exception e) {
                connection.fail(e);
            }
        }
    }

    /** Ends a stream whose request has arrived, and whose response is written. */
    void served(Http2Stream stream) {
        budget.served();
        remove(stream);
    }

    /** Counts a frame with content of a response. */
    void dataSent(int bytes) {
        connection.writer().sent(bytes);
        budget.data(bytes);
    }

    private void remove(Http2Stream stream) {
        if (open.remove(stream.id(), stream)) {
            phases.ended(stream.phase());
            stream.close();
            connection.writer().forget(stream);
            stream.transaction().end();
            stream.transaction().requestBody().end();
            memory.release(stream.transaction().head().heap());
            connection.streamEnded();
        }
    }

    /** Gives up the bodies of the streams in a phase, {@link Phase#BODY} or {@link Phase#CLOSING}, in favour of others. */
    void giveUpBodies(Phase phase) {
        for (Http2Stream stream : List.copyOf(open.values())) {
            if (stream.phase() == phase) {
                stream.transaction().requestBody().evict();
            }
        }
    }

    /** Ends all streams: the connection is closed. */
    void endAll() {
        List.copyOf(open.values()).forEach(this::remove);
        memory.end();
    }
}
