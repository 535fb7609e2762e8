/** The simulated fleet through sysmonstm and through other systems, in turn on one machine: {@code sysmon bench --peers}. */
package ar.mcrn.sysmonstm.bench.peers;
