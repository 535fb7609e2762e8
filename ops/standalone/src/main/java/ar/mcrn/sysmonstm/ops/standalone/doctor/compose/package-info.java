/**
 * {@code ./sysmon doctor --compose}: looks at a compose deployment from its host, by the engine's own commands. It only reads.
 */
package ar.mcrn.sysmonstm.ops.standalone.doctor.compose;
