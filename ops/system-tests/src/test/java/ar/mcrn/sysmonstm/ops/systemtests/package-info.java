/**
 * Tests of the whole: services as separate processes against a real Redis and a real PostgreSQL, how they start and end, and
 * what modules may use. Starting processes is in {@code processes}, what goes wrong under load in {@code faults}.
 */
package ar.mcrn.sysmonstm.ops.systemtests;
