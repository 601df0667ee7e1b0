package io.drey.flink;

/**
 * Says when the keys that have gathered leave as a question: when fewer questions than the window allows are under way, or when
 * they are half of the most keys that have ever waited at once. Without the half, one question would end up with nearly all keys
 * that Flink lets wait ({@code table.exec.async-lookup.buffer-capacity}, which a hint may change and a function is not told), and
 * the worker, Redis and the task would take turns at it instead of working side by side. Needs the caller's lock.
 */
final class LookupPace {
    static final int MAX_KEYS = 1000;

    private final int window;
    /** Questions. */
    private int underWay;
    /** Keys without an answer, gathered or under way. */
    private int waiting;

    private int mostWaiting;

    LookupPace(int window) {
        this.window = window;
    }

    /** A key has been added to those that have gathered. */
    void keyGathered() {
        waiting++;
        mostWaiting = Math.max(mostWaiting, waiting);
    }

    /** Whether so many gathered keys may leave now. */
    boolean mayLeave(int gathered) {
        return gathered > 0 && (underWay < window || gathered >= enough());
    }

    private int enough() {
        return Math.min(MAX_KEYS, (mostWaiting + 1) / 2);
    }

    void questionLeft() {
        underWay++;
    }

    /** So many keys have their answer, or failed. */
    void keysAnswered(int keys) {
        waiting -= keys;
    }

    void questionEnded() {
        underWay--;
    }
}
