/**
 * Reads the machine and makes samples of it: one reader for each file of {@code /proc}, the cycle that turns two readings
 * into a self-contained sample, and the inventory. Nothing here knows how samples travel.
 */
package ar.mcrn.sysmonstm.agent.collect;
