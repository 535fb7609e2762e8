/** The faults themselves, one small class each; {@code Scenarios} lists them. What they have in common is in the package above. */
package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;
