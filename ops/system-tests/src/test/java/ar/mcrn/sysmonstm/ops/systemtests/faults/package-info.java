/** Faults brought about under load, and the judgement of what was lost. Behind both {@code ./sysmon faults} and its short form in CI. */
package ar.mcrn.sysmonstm.ops.systemtests.faults;
