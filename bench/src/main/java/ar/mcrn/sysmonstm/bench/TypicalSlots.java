package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.aggregator.ingest.NoOutcomes;
import ar.mcrn.sysmonstm.aggregator.ingest.SampleParser;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.MachineId;
import java.time.Duration;

/** A filled slot for each of some machines, handed out in turn, each time as the machine's next sample. */
final class TypicalSlots {
    /** Samples of one batch, few: what a tick of 20 ms brings of 250 machines. */
    static final int TICK = 5;

    private static final int SECOND = 1_000;

    private final SampleSlot[] slots;
    private final MachineInventory[] inventories;
    private final NoOutcomes outcomes = new NoOutcomes();
    private long nowMillis = System.currentTimeMillis();
    private long sequence = 1;
    private int machine;

    /** Of so many machines, a multiple of {@link #TICK}. */
    TypicalSlots(int machines) {
        slots = new SampleSlot[machines];
        inventories = new MachineInventory[machines];
        SampleParser parser = new SampleParser();
        for (int i = 0; i < machines; i++) {
            inventories[i] = new MachineInventory(new MachineId("bench-" + i), TypicalFrame.inventory(i + 1));
            slots[i] = new SampleSlot();
            byte[] bytes = new TypicalFrame(i + 1).bytes();
            if (!parser.open(bytes, 0, bytes.length)
                    || !parser.verify(inventories[i])
                    || !parser.next()
                    || !parser.check(inventories[i], nowMillis, Duration.ofDays(2))) {
                throw new IllegalStateException("BUG: frame refused: " + parser.detail());
            }
            slots[i].setOrigin(inventories[i], outcomes, SECOND, nowMillis, 0, false);
            parser.fill(slots[i], new byte[0]);
        }
    }

    /** The next machine's next sample. */
    SampleSlot next() {
        if (++machine == slots.length) {
            machine = 0;
            sequence++;
            nowMillis += SECOND;
        }
        SampleSlot slot = slots[machine];
        slot.setOrigin(inventories[machine], outcomes, SECOND, nowMillis, System.nanoTime(), false);
        slot.setIdentity(sequence, nowMillis, SECOND);
        return slot;
    }

    /** Whether the slot given last ends a tick. */
    boolean endsTick() {
        return machine % TICK == 0;
    }
}
