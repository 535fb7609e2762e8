package ar.mcrn.sysmonstm.loadgen;

/** One run of a simulated agent with what its spool holds of it. Used on the thread of the agent's event loop. */
final class AgentRun {

    final MachineRun identity;
    final SpoolNumbers numbers;
    final AgentEvents events;
    /** Whether its samples lay in the spool at the start already: their delay says nothing. */
    final boolean late;
    /** Number in the obligations. */
    final int reference;
    /** Numbers announced in the obligations, of which none was sent before. */
    long announced;

    AgentRun(MachineRun identity, SpoolNumbers numbers, boolean late, int reference) {
        this.identity = identity;
        this.numbers = numbers;
        this.events = new AgentEvents(identity.run());
        this.late = late;
        this.reference = reference;
    }
}
