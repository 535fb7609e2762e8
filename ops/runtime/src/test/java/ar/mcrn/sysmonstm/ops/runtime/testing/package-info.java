/** What tests of all modules start: a real PostgreSQL, a real Redis, on free loopback ports. No test lives here. */
package ar.mcrn.sysmonstm.ops.runtime.testing;
