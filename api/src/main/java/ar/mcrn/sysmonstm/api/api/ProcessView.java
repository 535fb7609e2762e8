package ar.mcrn.sysmonstm.api.api;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One of a machine's processes.
 *
 * @param pid number that the kernel gave it
 * @param command name of its command, without arguments
 * @param cpuUtilization CPU time of the 10 s before, 1 = one core; left out where it is not known yet
 * @param memoryBytes resident memory
 * @param threads how many it has
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ProcessView(long pid, String command, Double cpuUtilization, long memoryBytes, int threads) {}
