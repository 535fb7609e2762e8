package ar.mcrn.sysmonstm.api.api;

import java.util.List;

/**
 * One page of machines.
 *
 * @param machines those asked for, in the order asked for
 * @param total how many matched
 * @param time when this was answered, Unix milliseconds
 */
public record MachinesView(List<MachineView> machines, int total, long time) {}
