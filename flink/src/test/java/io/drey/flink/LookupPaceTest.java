package io.drey.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class LookupPaceTest {
    private final LookupPace pace = new LookupPace(1);
    private final Queue<Integer> underWay = new ArrayDeque<>();
    private final List<Integer> sizes = new ArrayList<>();
    private int gathered;

    /** As the function does. */
    private void ask(int keys) {
        for (int i = 0; i < keys; i++) {
            pace.keyGathered();
            gathered++;
            leaveIfReady();
        }
    }

    private void leaveIfReady() {
        if (pace.mayLeave(gathered)) {
            pace.questionLeft();
            underWay.add(gathered);
            sizes.add(gathered);
            gathered = 0;
        }
    }

    /** The oldest question has its answer. Answers how many keys it had. */
    private int answer() {
        int keys = underWay.remove();
        pace.keysAnswered(keys);
        pace.questionEnded();
        leaveIfReady();
        return keys;
    }

    @Test
    void nothingLeavesWithoutKeys() {
        assertFalse(pace.mayLeave(0));
    }

    @Test
    void aKeyThatIsAloneDoesNotWait() {
        for (int i = 0; i < 3; i++) {
            ask(1);
            assertEquals(1, answer());
        }
        assertEquals(List.of(1, 1, 1), sizes);
    }

    @Test
    void keysWaitForTheAnswerOrUntilTheyAreHalf() {
        ask(100);
        while (!underWay.isEmpty()) {
            answer();
        }
        sizes.clear();
        ask(30);
        assertEquals(List.of(1), sizes, "the others wait for the answer");
        answer();
        assertEquals(List.of(1, 29), sizes);
        ask(49);
        assertEquals(List.of(1, 29), sizes);
        ask(1);
        assertEquals(List.of(1, 29, 50), sizes, "half of the hundred that have waited at once");
    }

    @Test
    void allKeysThatMayWaitBecomeTwoHalves() {
        int capacity = 1000;
        ask(capacity);
        sizes.clear();
        for (int i = 0; i < 100; i++) {
            ask(answer());
        }
        List<Integer> settled = sizes.subList(sizes.size() - 50, sizes.size());
        assertTrue(Collections.max(settled) <= capacity / 2, () -> "sizes of questions: " + settled);
        assertTrue(Collections.min(settled) >= capacity / 10, () -> "sizes of questions: " + settled);
    }

    @Test
    void aQuestionIsNeverLargerThanTheLimit() {
        ask(10_000);
        while (!underWay.isEmpty()) {
            answer();
        }
        assertTrue(Collections.max(sizes) <= LookupPace.MAX_KEYS);
    }

    @Test
    void partsOfAnAnswerMakeRoomBeforeItsEnd() {
        ask(10);
        pace.keysAnswered(1);
        // Ten wait again, not eleven: half of them is five.
        pace.keyGathered();
        assertTrue(pace.mayLeave(5));
        assertFalse(pace.mayLeave(4));
    }
}
