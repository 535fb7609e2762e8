/**
 * What is kept and for how long: partitions made ahead, old history dropped by tier, the oldest raw early where the disk fills,
 * machines removed with all they have. Jobs that fence themselves; nothing here is in the way of writing or reading.
 */
package ar.mcrn.sysmonstm.aggregator.retention;
