/** What a service depends on and whether it is there, served at /health and /ready. */
package ar.mcrn.sysmonstm.ops.runtime.readiness;
