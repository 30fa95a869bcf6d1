package io.tollgate.undertow;

/** Counts the streams of one connection by what they wait for. */
final class Http2Phases {
    private int busy;
    private int arriving;

    /** The streams whose response is written, and the rest of whose body is dropped: they hold no bytes. */
    private int dropping;

    /** A stream has gone from one phase to another. */
    void moved(Phase from, Phase to) {
        ended(from);
        begun(to);
    }

    void begun(Phase phase) {
        count(phase, 1);
    }

    void ended(Phase phase) {
        count(phase, -1);
    }

    private void count(Phase phase, int change) {
        switch (phase) {
            case BUSY -> busy += change;
            case BODY -> arriving += change;
            case CLOSING -> dropping += change;
            default -> {}
        }
    }

    /**
     * Returns the phase of all streams together, of which there is at least one.
     *
     * @param holdBytes whether they hold bytes that count
     */
    Phase together(boolean holdBytes) {
        if (busy > 0) {
            return arriving > 0 && holdBytes ? Phase.SHARED : Phase.BUSY;
        }
        return arriving + dropping > 0 ? Phase.BODY : Phase.STALLED;
    }
}
