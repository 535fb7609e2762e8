/** The ring through which every live sample passes once: slot, cursors over it, topology. No I/O happens here. */
package ar.mcrn.sysmonstm.aggregator.ring;
