/**
 * Names and shapes that every module shares: the metric catalogue, machine ids, hot-state keys, channels, and the
 * interfaces of hot state and event bus. No I/O and no library beside protobuf lives here.
 */
package ar.mcrn.sysmonstm.contract;
